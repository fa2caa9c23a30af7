/*
 * mingo.js: which documents match which filters, as the npm package mingo has it.
 *
 * usage: node mingo.js DIRECTORY < pairs
 *
 * DIRECTORY holds node_modules/mingo.  Each line of input is {"document": ..., "filter": ...} in
 * Extended JSON; each line of output "t", "f", or "e" and what mingo says is wrong.
 */
'use strict';

const path = require('path');
const readline = require('readline');
const { Query } = require(path.join(process.argv[2], 'node_modules', 'mingo'));

/* JavaScript's values for the few types of Extended JSON that mingo knows. */
function revive(key, value)
{
	if (value === null || typeof value !== 'object')
		return value;
	if ('$date' in value)
		return new Date(Number(value.$date.$numberLong));
	if ('$numberDouble' in value)
		return Number(value.$numberDouble);
	if ('$regularExpression' in value)
		return new RegExp(value.$regularExpression.pattern, value.$regularExpression.options);
	return value;
}

const lines = readline.createInterface({ input: process.stdin });

lines.on('line', line => {
	const pair = JSON.parse(line, revive);
	let answer;

	try
	{
		answer = new Query(pair.filter).test(pair.document) ? 't' : 'f';
	}
	catch (error)
	{
		answer = 'e ' + String(error.message).replace(/\s+/g, ' ');
	}
	process.stdout.write(answer + '\n');
});
