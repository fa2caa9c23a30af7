/*
 * date_read.c
 *		Dates in text whose form is not told.
 *
 * The forms are those of the library that MongoDB reads dates with.  The text is cut into pieces:
 * at each place the rule that takes the longest piece wins, of equals the first in the list.  A
 * rule is a pattern of letters that stand for numbers, names and separators; see number_tokens and
 * match_token.
 */
#include "postgres.h"

#include <ctype.h>

#include "miscadmin.h"

#include "base/errors.h"
#include "expr/date_internal.h"
#include "pgbson/text.h"

/* What the pieces of a pattern are kept as. */
typedef enum Part
{
	PART_YEAR,
	PART_MONTH,
	PART_DAY,
	PART_HOUR,
	PART_MINUTE,
	PART_SECOND,
	PART_MICROSECOND,
	PART_WEEK,
	PART_WEEKDAY,
	PART_COUNT
} Part;

/* A rule that has matched. */
typedef struct Match
{
	const char *end;			/* NULL: not at all */
	int64		part[PART_COUNT];
	int			year_digits;
	bool		negative_year;
	char		meridian;		/* 'a', 'p', or NUL */
	const char *zone;			/* where a zone begins, up to the end */
} Match;

typedef struct Matcher
{
	const char *end;			/* of the text */
	Match		path;			/* what has matched so far */
	Match		best;
} Matcher;

/* What a rule does. */
#define RULE_DATE 0x01
#define RULE_TIME 0x02
#define RULE_ZONE 0x04
#define RULE_FIRST_DAY 0x08		/* the day is the month's first */
#define RULE_FORGETS_YEAR 0x10	/* a year read before is dropped */
#define RULE_BARE_TIME 0x20		/* hhmm, or a year after a time */
#define RULE_YEAR 0x40
#define RULE_ISO_WEEK 0x80
#define RULE_YEARDAY 0x100

typedef struct Rule
{
	const char *pattern;
	int			flags;
} Rule;

/* In the order in which equals are chosen. */
static const Rule rules[] = {
	{"g P", RULE_TIME},
	{"gci P", RULE_TIME},
	{"gcIcs P", RULE_TIME},
	{"g:i:sfP", RULE_TIME},
	{"uH", RULE_TIME},
	{"tHcI", RULE_TIME},
	{"tHcIcS", RULE_TIME},
	{"tHcIcSF", RULE_TIME},
	{"thi", RULE_BARE_TIME},
	{"this", RULE_TIME},
	{"M/D", RULE_DATE},
	{"M/D/y", RULE_DATE},
	{"V-m-d", RULE_DATE},
	{"Y/m/dl", RULE_DATE},
	{"Y/M/D", RULE_DATE},
	{"e-m-d", RULE_DATE},
	{"X-m-d", RULE_DATE},
	{"Y-M", RULE_DATE | RULE_FIRST_DAY},
	{"y-M-D", RULE_DATE},
	{"D_N_y", RULE_DATE},
	{"DpMxY", RULE_DATE},
	{"DqM.e", RULE_DATE},
	{"N_Y", RULE_DATE | RULE_FIRST_DAY},
	{"Y_N", RULE_DATE | RULE_FIRST_DAY},
	{"N_D,y", RULE_DATE},
	{"N_D&", RULE_DATE | RULE_FORGETS_YEAR},
	{"D_N", RULE_DATE},
	{"Ymd", RULE_DATE},
	{"YmdTH:i:s", RULE_DATE | RULE_TIME},
	{"YmduHis", RULE_DATE | RULE_TIME},
	{"Y-m-dTh:i:sF", RULE_DATE | RULE_TIME},
	{"Y-m-dTh:i:sFZ", RULE_DATE | RULE_TIME},
	{"Y-M-DTH:I:S", RULE_DATE | RULE_TIME},
	{"Y:m:dbh:i:s", RULE_DATE | RULE_TIME},
	{"YoJ", RULE_DATE | RULE_YEARDAY},
	{"Y?EW?w", RULE_DATE | RULE_ISO_WEEK},
	{"Y?EW", RULE_DATE | RULE_ISO_WEEK},
	{"a-d-y", RULE_DATE},
	{"y-a-d", RULE_DATE},
	{"D/a/Y:h:i:sbZ", RULE_DATE | RULE_TIME},
	{"Y", RULE_YEAR},
	{"n", RULE_DATE},
	{"z", RULE_ZONE},
	{"N_D,gci P", RULE_DATE | RULE_TIME},
	{"N_D,gcIcs P", RULE_DATE | RULE_TIME},
	{"N_D,tHcI", RULE_DATE | RULE_TIME},
	{"N_D,tHcIcS", RULE_DATE | RULE_TIME},
	{"N_D,tHcIcs z", RULE_DATE | RULE_TIME},
};

/* ---- Characters ---- */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

static char
char_at(const Matcher *matcher, const char *p)
{
	return p < matcher->end ? *p : '\0';
}

/* Past blanks, no-break spaces among them. */
static const char *
skip_space(const char *p, const char *end)
{
	for (;;)
	{
		if (p < end && (*p == ' ' || *p == '\t'))
			p++;
		else if (end - p >= 2 && memcmp(p, "\xc2\xa0", 2) == 0)
			p += 2;
		else if (end - p >= 3 && memcmp(p, "\xe2\x80\xaf", 3) == 0)
			p += 3;
		else
			return p;
	}
}

/* ---- Matching of patterns ---- */

/* By their letters; all others have no digits. */
static const struct
{
	uint8		part;
	uint8		min_digits;
	uint8		max_digits;
	int			min;
	int			max;
}			number_tokens[128] = {
	['Y'] = {PART_YEAR, 4, 4, 0, 9999},
	['y'] = {PART_YEAR, 1, 4, 0, 9999},
	['e'] = {PART_YEAR, 2, 2, 0, 99},
	['M'] = {PART_MONTH, 1, 2, 0, 12},
	['m'] = {PART_MONTH, 2, 2, 0, 12},
	['D'] = {PART_DAY, 1, 2, 0, 31},
	['d'] = {PART_DAY, 2, 2, 0, 31},
	['J'] = {PART_DAY, 3, 3, 1, 366},
	['W'] = {PART_WEEK, 2, 2, 1, 53},
	['w'] = {PART_WEEKDAY, 1, 1, 0, 7},
	['H'] = {PART_HOUR, 1, 2, 0, 24},
	['h'] = {PART_HOUR, 2, 2, 0, 24},
	['g'] = {PART_HOUR, 1, 2, 1, 12},
	['I'] = {PART_MINUTE, 1, 2, 0, 59},
	['i'] = {PART_MINUTE, 2, 2, 0, 59},
	['S'] = {PART_SECOND, 1, 2, 0, 60},
	['s'] = {PART_SECOND, 2, 2, 0, 60}
};

static void match_pattern(Matcher *matcher, const char *pattern, const char *p);

/* A number of each length that it may have; false where the letter is not a number's. */
static bool
match_number(Matcher *matcher, const char *pattern, const char *p)
{
	int			token = (unsigned char) *pattern;
	int64		number = 0;

	if (token >= lengthof(number_tokens) || number_tokens[token].max_digits == 0)
		return false;
	for (int digits = 1; digits <= number_tokens[token].max_digits; digits++)
	{
		char		c = char_at(matcher, p);
		int			part = number_tokens[token].part;

		if (!is_digit(c))
			break;
		number = number * 10 + (c - '0');
		p++;
		if (digits < number_tokens[token].min_digits || number < number_tokens[token].min ||
			number > number_tokens[token].max)
			continue;
		matcher->path.part[part] = number;
		if (part == PART_YEAR)
			matcher->path.year_digits = digits;
		match_pattern(matcher, pattern + 1, p);
		if (*pattern == 'D' && matcher->end - p >= 2 &&
			(strncmp(p, "st", 2) == 0 || strncmp(p, "nd", 2) == 0 ||
			 strncmp(p, "rd", 2) == 0 || strncmp(p, "th", 2) == 0))
			match_pattern(matcher, pattern + 1, p + 2);
	}
	return true;
}

/* A year with a sign: V of four digits, where the sign may be missing, X of five and more. */
static void
match_signed_year(Matcher *matcher, const char *pattern, const char *p)
{
	bool		has_sign = is_one_of(char_at(matcher, p), "+-");
	int64		year = 0;
	int			digits = 0;

	if (*pattern == 'X' && !has_sign)
		return;
	matcher->path.negative_year = char_at(matcher, p) == '-';
	if (has_sign)
		p++;
	while (is_digit(char_at(matcher, p)) && digits < (*pattern == 'V' ? 4 : 18))
	{
		year = year * 10 + (*p++ - '0');
		digits++;
	}
	if (digits < (*pattern == 'V' ? 4 : 5))
		return;
	matcher->path.part[PART_YEAR] = year;
	matcher->path.year_digits = digits;
	match_pattern(matcher, pattern + 1, p);
	matcher->path.negative_year = false;
}

/* A month's name: N takes Roman numbers too, a only three letters (and "sept"). */
static void
match_month(Matcher *matcher, const char *pattern, const char *p)
{
	const char *word_end = p;

	while (word_end < matcher->end && is_letter(*word_end))
		word_end++;

	/* Names may be followed by other letters, as in "Julyx"; then a shorter one may do. */
	for (int len = Min(word_end - p, 9); len >= 1; len--)
	{
		DateCursor	cursor = {p, p, p + len};
		bool		roman = is_one_of(*p, "IVX") && strspn(p, "IVX") >= len;
		int			month = 0;

		if (roman ? *pattern != 'N' : len < 3 || (*pattern == 'a' && len > 4))
			continue;
		month = expr_date_read_month(&cursor);
		if (month == 0 || (!roman && *pattern == 'a' && len == 4 && month != 9))
			continue;
		matcher->path.part[PART_MONTH] = month;
		match_pattern(matcher, pattern + 1, p + len);
	}
}

/* ":" or "." and digits; millionths are kept. */
static void
match_fraction(Matcher *matcher, const char *pattern, const char *p)
{
	int64		fraction = 0;
	int			digits = 0;

	if (char_at(matcher, p) != '.' && (*pattern == 'F' || char_at(matcher, p) != ':'))
		return;
	for (p++; is_digit(char_at(matcher, p)); p++)
	{
		if (digits++ < 6)
			fraction = fraction * 10 + (*p - '0');
	}
	if (digits == 0)
		return;
	for (; digits < 6; digits++)
		fraction *= 10;
	matcher->path.part[PART_MICROSECOND] = fraction;
	match_pattern(matcher, pattern + 1, p);
}

/* "am", "P.M." and the like, with a blank after it, or at the end. */
static void
match_meridian(Matcher *matcher, const char *pattern, const char *p)
{
	char		c = pg_tolower((unsigned char) char_at(matcher, p));

	if (c != 'a' && c != 'p')
		return;
	p++;
	if (char_at(matcher, p) == '.')
		p++;
	if (!is_one_of(char_at(matcher, p), "mM"))
		return;
	p++;
	if (char_at(matcher, p) == '.')
		p++;
	if (p < matcher->end && *p != ' ' && *p != '\t')
		return;
	matcher->path.meridian = c;
	match_pattern(matcher, pattern + 1, Min(p + 1, matcher->end));
	matcher->path.meridian = '\0';
}

/* How far an offset goes: [GMT]+h, +hh, +hmm, +hhmm, +h:mm, +hh:mm, +hhmmss, +hh:mm:ss. */
static const char *
offset_end(const Matcher *matcher, const char *p)
{
	const char *digits;
	int			count = 0;
	int			groups = 1;

	if (matcher->end - p > 3 && strncmp(p, "GMT", 3) == 0)
		p += 3;
	if (!is_one_of(char_at(matcher, p), "+-"))
		return NULL;
	digits = ++p;
	while (is_digit(char_at(matcher, p)) && count < 6)
	{
		p++;
		count++;
	}
	if (count == 0)
		return NULL;
	if (count > 2)
		return digits + (count == 5 ? 4 : count);
	while (groups < 3 && char_at(matcher, p) == ':' && is_digit(char_at(matcher, p + 1)))
	{
		int			more = is_digit(char_at(matcher, p + 2)) ? 2 : 1;

		if (groups == 2 && more == 1)
			break;
		p += 1 + more;
		groups++;
	}
	return p;
}

/* How far a zone's name goes: up to six letters, in parentheses or not, or "Europe/Paris". */
static const char *
zone_name_end(const Matcher *matcher, const char *p)
{
	const char *start = p;
	const char *short_end;
	const char *name = p;

	if (char_at(matcher, p) == '(')
		p++;
	if (!is_letter(char_at(matcher, p)))
		return NULL;
	for (int i = 0; i < 6 && is_letter(char_at(matcher, p)); i++)
		p++;
	if (char_at(matcher, p) == ')')
		p++;
	short_end = p;

	p = start;
	if (char_at(matcher, p) >= 'A' && char_at(matcher, p) <= 'Z')
	{
		p++;
		while (char_at(matcher, p) >= 'a' && char_at(matcher, p) <= 'z')
			p++;
		while (p - start > 1 && is_one_of(char_at(matcher, p), "_/-") &&
			   is_letter(char_at(matcher, p + 1)))
		{
			p++;
			while (is_letter(char_at(matcher, p)))
				p++;
			name = p;
		}
	}
	return Max(short_end, name);
}

static void
match_zone(Matcher *matcher, const char *pattern, const char *p)
{
	const char *end = offset_end(matcher, p);

	if (end == NULL && *pattern == 'z')
		end = zone_name_end(matcher, p);
	if (end == NULL)
		return;
	matcher->path.zone = p;
	match_pattern(matcher, pattern + 1, end);
	matcher->path.zone = NULL;
}

/* Past all characters of a set. */
static const char *
skip_set(const Matcher *matcher, const char *p, const char *set)
{
	while (is_one_of(char_at(matcher, p), set))
		p++;
	return p;
}

/* Separators and marks.  True when one is there; *p then is past it. */
static bool
match_separator(const Matcher *matcher, char token, const char **p)
{
	char		c = char_at(matcher, *p);
	const char *end = *p;

	switch (token)
	{
		case ' ':				/* blanks, or nothing */
			*p = skip_space(*p, matcher->end);
			return true;
		case 'b':				/* blanks */
			*p = skip_space(*p, matcher->end);
			return *p > end;
		case '_':
			*p = skip_set(matcher, *p, " \t.-");
			return true;
		case ',':
			*p = skip_set(matcher, *p, ",.stndrh\t ");
			return *p > end;
		case '&':				/* the same, or the end */
			*p = skip_set(matcher, *p, ",.stndrh\t ");
			return *p > end || *p == matcher->end;
		case 't':				/* a T, or nothing */
			*p += is_one_of(c, "tT") ? 1 : 0;
			return true;
		case '?':
			*p += c == '-' ? 1 : 0;
			return true;
		case 'o':
			*p += is_one_of(c, ".-") ? 1 : 0;
			return true;
		case 'l':
			*p += c == '/' ? 1 : 0;
			return true;
		case 'u':
			*p += 1;
			return is_one_of(c, "tT");
		case 'c':
			*p += 1;
			return is_one_of(c, ":.");
		case 'p':
			*p += 1;
			return is_one_of(c, ".\t-");
		case 'q':
			*p += 1;
			return is_one_of(c, ".\t");
		case 'x':
			*p += 1;
			return is_one_of(c, ".-");
		case 'E':
			*p += 1;
			return c == 'W';
		default:
			*p += 1;
			return c == token;
	}
}

/* Matches the rest of a pattern in all ways that there are, and keeps the longest. */
static void
match_pattern(Matcher *matcher, const char *pattern, const char *p)
{
	switch (*pattern)
	{
		case '\0':
			if (matcher->best.end == NULL || p > matcher->best.end)
			{
				matcher->best = matcher->path;
				matcher->best.end = p;
			}
			return;
		case 'V':
		case 'X':
			match_signed_year(matcher, pattern, p);
			return;
		case 'N':
		case 'n':
		case 'a':
			match_month(matcher, pattern, p);
			return;
		case 'F':
		case 'f':
			match_fraction(matcher, pattern, p);
			return;
		case 'P':
			match_meridian(matcher, pattern, p);
			return;
		case 'Z':
		case 'z':
			match_zone(matcher, pattern, p);
			return;
		default:
			if (match_number(matcher, pattern, p))
				return;
			if (match_separator(matcher, *pattern, &p))
				match_pattern(matcher, pattern + 1, p);
			return;
	}
}

/* ---- What rules do ---- */

/* What of a date has been read so far. */
typedef struct Reader
{
	DateCursor	cursor;
	DateFields *fields;
	bool		have_date;
	int			have_time;
	bool		have_zone;
} Reader;

static void
problem(Reader *reader, const char *what)
{
	expr_date_problem(reader->fields, what, &reader->cursor);
}

static void
forget_time(Reader *reader)
{
	DateFields *fields = reader->fields;

	reader->have_time = 0;
	fields->hour = fields->minute = fields->second = fields->microsecond = 0;
}

static void
begin_time(Reader *reader)
{
	if (reader->have_time > 0)
		problem(reader, "Double time specification");
	forget_time(reader);
	reader->have_time = 1;
}

static void
begin_zone(Reader *reader)
{
	if (reader->have_zone)
		problem(reader, "Double timezone specification");
	reader->have_zone = true;
}

/* A year of fewer than four digits is one of this century or the last. */
static int64
full_year(const Match *match)
{
	int64		year = match->part[PART_YEAR];

	if (match->year_digits < 4 && year < 100)
		year += year < 70 ? 2000 : 1900;
	return match->negative_year ? -year : year;
}

static void
use_date(Reader *reader, const Rule *rule, const Match *match)
{
	DateFields *fields = reader->fields;

	if (reader->have_date)
		problem(reader, "Double date specification");
	reader->have_date = true;
	if (match->part[PART_YEAR] != DATE_UNSET)
		fields->year = full_year(match);
	else if (rule->flags & RULE_FORGETS_YEAR)
		fields->year = DATE_UNSET;
	if (match->part[PART_MONTH] != DATE_UNSET)
		fields->month = match->part[PART_MONTH];
	if (match->part[PART_DAY] != DATE_UNSET)
		fields->day = match->part[PART_DAY];
	if (rule->flags & (RULE_FIRST_DAY | RULE_ISO_WEEK))
		fields->day = 1;
	if (rule->flags & (RULE_YEARDAY | RULE_ISO_WEEK))
		fields->month = 1;
	if (rule->flags & RULE_ISO_WEEK)
	{
		int64		weekday = match->part[PART_WEEKDAY];

		fields->add_days = expr_days_from_iso(fields->year, match->part[PART_WEEK],
											  weekday == DATE_UNSET ? 1 : weekday) -
			pgbson_days_from_date(fields->year, 1, 1);
	}
}

static void
use_time(Reader *reader, const Match *match)
{
	DateFields *fields = reader->fields;

	begin_time(reader);
	fields->hour = match->part[PART_HOUR];
	if (match->part[PART_MINUTE] != DATE_UNSET)
		fields->minute = match->part[PART_MINUTE];
	if (match->part[PART_SECOND] != DATE_UNSET)
		fields->second = match->part[PART_SECOND];
	if (match->part[PART_MICROSECOND] != DATE_UNSET)
		fields->microsecond = match->part[PART_MICROSECOND];
	if (match->meridian == 'a' && fields->hour == 12)
		fields->hour = 0;
	else if (match->meridian == 'p' && fields->hour != 12)
		fields->hour += 12;
}

/* Four digits alone are a time, and after a time a year. */
static void
use_bare_time(Reader *reader, const Match *match)
{
	DateFields *fields = reader->fields;

	if (reader->have_time > 1)
		problem(reader, "Double time specification");
	else if (reader->have_time == 1)
		fields->year = match->part[PART_HOUR] * 100 + match->part[PART_MINUTE];
	else
	{
		fields->hour = match->part[PART_HOUR];
		fields->minute = match->part[PART_MINUTE];
		fields->second = 0;
	}
	reader->have_time++;
}

static void
use_zone(Reader *reader, const Match *match)
{
	DateCursor	cursor = {match->zone, match->zone, match->end};

	if (!expr_date_read_zone(&cursor, reader->fields))
		problem(reader,
				"passing a time zone identifier as part of the string is not allowed");
}

static void
use_rule(Reader *reader, const Rule *rule, const Match *match)
{
	if (rule->flags & RULE_DATE)
		use_date(reader, rule, match);
	if (rule->flags & RULE_TIME)
		use_time(reader, match);
	if (rule->flags & RULE_BARE_TIME)
		use_bare_time(reader, match);
	if (rule->flags & RULE_YEAR)
		reader->fields->year = match->part[PART_YEAR];
	if (rule->flags & RULE_ZONE)
		begin_zone(reader);
	if (match->zone)
		use_zone(reader, match);
}

/* ---- Words ---- */

/* Letters at the cursor that are one of these words, in any case. */
typedef enum Word
{
	WORD_YESTERDAY,
	WORD_NOW,
	WORD_NOON,
	WORD_MIDNIGHT,
	WORD_TODAY,
	WORD_TOMORROW,
	WORD_AGO,
	WORD_NONE
} Word;

static const char *const words[] = {
	"yesterday", "now", "noon", "midnight", "today", "tomorrow", "ago"
};

static Word
find_word(const char *text, size_t len)
{
	for (int i = 0; i < lengthof(words); i++)
	{
		if (len == strlen(words[i]) && pg_strncasecmp(text, words[i], len) == 0)
			return i;
	}
	return WORD_NONE;
}

static void
use_word(Reader *reader, Word word)
{
	DateFields *fields = reader->fields;

	switch (word)
	{
		case WORD_YESTERDAY:
			forget_time(reader);
			fields->add_days = -1;
			break;
		case WORD_TOMORROW:
			forget_time(reader);
			fields->add_days = 1;
			break;
		case WORD_MIDNIGHT:
		case WORD_TODAY:
			forget_time(reader);
			break;
		case WORD_NOON:
			forget_time(reader);
			begin_time(reader);
			fields->hour = 12;
			break;
		case WORD_AGO:
			fields->add_years = -fields->add_years;
			fields->add_months = -fields->add_months;
			fields->add_days = -fields->add_days;
			fields->add_seconds = -fields->add_seconds;
			fields->add_microseconds = -fields->add_microseconds;
			fields->add_weekdays = -fields->add_weekdays;
			fields->weekday = fields->weekday == 0 ? -DAYS_PER_WEEK : -fields->weekday;
			break;
		default:
			break;
	}
}

/* The end of the letters that come next. */
static const char *
word_end(const Reader *reader, const char *p)
{
	while (p < reader->cursor.end && is_letter(*p))
		p++;
	return p;
}

/* The end of the blanks that come next; NULL where there are none. */
static const char *
blanks_end(const Reader *reader, const char *p)
{
	const char *start = p;

	while (p < reader->cursor.end && (*p == ' ' || *p == '\t'))
		p++;
	return p > start ? p : NULL;
}

static bool
is_word(const char *p, const char *end, const char *word)
{
	return end - p == strlen(word) && pg_strncasecmp(p, word, end - p) == 0;
}

/* The text from a place on begins with a literal; its end then is *end. */
static bool
has_prefix(const Reader *reader, const char *p, const char *prefix, const char **end)
{
	size_t		len = strlen(prefix);

	if (reader->cursor.end - p < len || pg_strncasecmp(p, prefix, len) != 0)
		return false;
	*end = p + len;
	return true;
}

static void
use_weekday(DateFields *fields, int weekday, DateWeekdayRule rule)
{
	fields->has_weekday = true;
	fields->weekday = weekday % DAYS_PER_WEEK;
	fields->weekday_rule = rule;
}

/* A word, or the name of a day, if that is longer than what a rule has taken. */
static bool
read_word(Reader *reader, const char *rule_end)
{
	const char *p = reader->cursor.next;
	const char *end = word_end(reader, p);
	DateFields *fields = reader->fields;
	Word		word;
	int			weekday;

	if (end == p || (rule_end && rule_end > end))
		return false;
	word = find_word(p, end - p);
	if (word != WORD_NONE)
		use_word(reader, word);
	else if (expr_weekday_find(p, end - p, &weekday))
	{
		forget_time(reader);
		use_weekday(fields, weekday, fields->weekday_rule == DATE_WEEKDAY_OF_WEEK ?
					DATE_WEEKDAY_OF_WEEK : DATE_WEEKDAY_FROM);
	}
	else
		return false;
	reader->cursor.next = end;
	return true;
}

/* ---- Amounts and phrases ---- */

/* Adds an amount of a unit; false where it is none. */
static bool
add_amount(DateFields *fields, const char *unit, size_t len, int64 amount)
{
	static const struct
	{
		const char *name;
		bool		plural;
		uint8		field;		/* an offset into the list below */
		int			factor;
	}			units[] = {
		{"ms", false, 0, 1000}, {"msec", true, 0, 1000}, {"millisecond", true, 0, 1000},
		{"usec", true, 0, 1}, {"microsecond", true, 0, 1}, {"sec", true, 1, 1},
		{"second", true, 1, 1}, {"min", true, 1, 60}, {"minute", true, 1, 60},
		{"hour", true, 1, 3600}, {"day", true, 2, 1}, {"week", true, 2, 7},
		{"fortnight", true, 2, 14}, {"forthnight", true, 2, 14}, {"month", true, 3, 1},
		{"year", true, 4, 1}
	};
	int64	   *sums[] = {
		&fields->add_microseconds, &fields->add_seconds, &fields->add_days, &fields->add_months,
		&fields->add_years
	};

	for (int i = 0; i < lengthof(units); i++)
	{
		size_t		name_len = strlen(units[i].name);

		if (pg_strncasecmp(unit, units[i].name, Min(len, name_len)) == 0 &&
			(len == name_len || (units[i].plural && len == name_len + 1 &&
								 pg_tolower((unsigned char) unit[name_len]) == 's')))
		{
			*sums[units[i].field] += amount * units[i].factor;
			return true;
		}
	}
	return false;
}

/* The same for weekdays, of which an amount may be wanted too: "mondays", "weekdays". */
static bool
add_weekday_amount(DateFields *fields, const char *unit, size_t len, int64 amount,
				   DateWeekdayRule rule)
{
	int			weekday;

	if (is_word(unit, unit + len, "weekday") || is_word(unit, unit + len, "weekdays"))
	{
		fields->has_add_weekdays = true;
		fields->add_weekdays = amount;
		return true;
	}
	if (!expr_weekday_find(unit, len, &weekday) &&
		!(len > 4 && pg_tolower((unsigned char) unit[len - 1]) == 's' &&
		  expr_weekday_find(unit, len - 1, &weekday)))
		return false;
	fields->add_days += (amount > 0 ? amount - 1 : amount) * DAYS_PER_WEEK;
	use_weekday(fields, weekday, rule);
	return true;
}

/* "+2 days" */
static bool
read_relative(Reader *reader, const char *rule_end)
{
	DateCursor	cursor = reader->cursor;
	bool		negative = false;
	int64		amount;
	const char *unit;

	for (; is_one_of(date_cursor_peek(&cursor), "+-"); cursor.next++)
		negative ^= *cursor.next == '-';
	while (is_one_of(date_cursor_peek(&cursor), " \t"))
		cursor.next++;
	amount = expr_date_read_number(&cursor, 13, NULL);
	if (amount == DATE_UNSET)
		return false;
	if (negative)
		amount = -amount;
	unit = skip_space(cursor.next, cursor.end);
	cursor.next = word_end(reader, unit);
	if ((rule_end && rule_end >= cursor.next) ||
		(!add_amount(reader->fields, unit, cursor.next - unit, amount) &&
		 !add_weekday_amount(reader->fields, unit, cursor.next - unit, amount,
							 DATE_WEEKDAY_FROM)))
		return false;
	reader->cursor.next = cursor.next;
	return true;
}

/* The amount that a word stands for; `by_number` is false for "next" and its like. */
static bool
find_amount(const char *p, const char *end, int *amount, bool *by_number)
{
	static const struct
	{
		const char *name;
		int			amount;
		bool		by_number;
	}			amounts[] = {
		{"first", 1, true}, {"second", 2, true}, {"third", 3, true}, {"fourth", 4, true},
		{"fifth", 5, true}, {"sixth", 6, true}, {"seventh", 7, true}, {"eighth", 8, true},
		{"eight", 8, true}, {"ninth", 9, true}, {"tenth", 10, true}, {"eleventh", 11, true},
		{"twelfth", 12, true}, {"next", 1, false}, {"last", -1, false},
		{"previous", -1, false}, {"this", 0, false}
	};

	for (int i = 0; i < lengthof(amounts); i++)
	{
		if (is_word(p, end, amounts[i].name))
		{
			*amount = amounts[i].amount;
			*by_number = amounts[i].by_number;
			return true;
		}
	}
	return false;
}

/* "first day of", "last day of" */
static const char *
read_day_of(Reader *reader, const char *p)
{
	const char *end;

	if (has_prefix(reader, p, "first day of", &end))
		reader->fields->month_rule = DATE_MONTH_FIRST_DAY;
	else if (has_prefix(reader, p, "last day of", &end))
		reader->fields->month_rule = DATE_MONTH_LAST_DAY;
	else
		return NULL;
	return end;
}

/* "back of 7pm", a quarter past, and "front of 7pm", a quarter to */
static const char *
read_quarter(Reader *reader, const char *p)
{
	static const char *const patterns[] = {"gP", "g P", "H"};
	Matcher		matcher = {.end = reader->cursor.end};
	bool		back = true;
	int64		hour;

	if (!has_prefix(reader, p, "back of ", &p))
	{
		back = false;
		if (!has_prefix(reader, p, "front of ", &p))
			return NULL;
	}
	for (int i = 0; i < lengthof(patterns) && matcher.best.end == NULL; i++)
	{
		matcher.path.meridian = '\0';
		match_pattern(&matcher, patterns[i], p);
	}
	if (matcher.best.end == NULL)
		return NULL;

	forget_time(reader);
	begin_time(reader);
	hour = matcher.best.part[PART_HOUR] - (back ? 0 : 1);
	if (matcher.best.meridian == 'a' && hour == 12)
		hour = 0;
	else if (matcher.best.meridian == 'p' && hour != 12)
		hour += 12;
	reader->fields->hour = hour;
	reader->fields->minute = back ? 15 : 45;
	return matcher.best.end;
}

/* "second friday of", "last friday of" */
static const char *
read_weekday_of(Reader *reader, int amount, const char *p, const char *end)
{
	DateFields *fields = reader->fields;
	const char *of = blanks_end(reader, end);
	int			weekday;

	if (of == NULL || !has_prefix(reader, of, "of", &of) ||
		!expr_weekday_find(p, end - p, &weekday))
		return NULL;
	forget_time(reader);
	fields->month_rule = amount > 0 ? DATE_MONTH_NTH_WEEKDAY : DATE_MONTH_LAST_WEEKDAY;
	add_weekday_amount(fields, p, end - p, amount,
					   amount > 0 ? DATE_WEEKDAY_FROM : DATE_WEEKDAY_LATER);
	return of;
}

/* "next month", "third friday", "last week" */
static const char *
read_text_amount(Reader *reader, const char *p)
{
	DateFields *fields = reader->fields;
	const char *unit = NULL;
	const char *end = word_end(reader, p);
	const char *of;
	int			amount;
	bool		by_number;

	if (find_amount(p, end, &amount, &by_number))
		unit = blanks_end(reader, end);
	if (unit == NULL)
		return NULL;
	end = word_end(reader, unit);
	of = read_weekday_of(reader, amount, unit, end);
	if (of)
		return of;
	if (is_word(unit, end, "week"))
	{
		if (by_number)
			return NULL;
		fields->add_days += amount * DAYS_PER_WEEK;
		if (!fields->has_weekday)
			fields->weekday = 1;
		fields->has_weekday = true;
		fields->weekday_rule = DATE_WEEKDAY_OF_WEEK;
		return end;
	}
	if (add_amount(fields, unit, end - unit, amount))
		return end;
	if (!add_weekday_amount(fields, unit, end - unit, amount,
							amount == 0 ? DATE_WEEKDAY_FROM : DATE_WEEKDAY_LATER))
		return NULL;
	forget_time(reader);
	return end;
}

/* All phrases are longer than what the rules make of their first word. */
static bool
read_phrase(Reader *reader)
{
	const char *p = reader->cursor.next;
	const char *end = read_day_of(reader, p);

	if (end == NULL)
		end = read_quarter(reader, p);
	if (end == NULL)
		end = read_text_amount(reader, p);
	if (end == NULL)
		return false;
	reader->cursor.next = end;
	return true;
}

/* "@1234567890" or "@1234567890.5": seconds since 1970 */
static bool
read_timestamp(Reader *reader)
{
	DateCursor	cursor = reader->cursor;
	DateFields *fields = reader->fields;
	bool		negative;
	int64		seconds;

	if (date_cursor_peek(&cursor) != '@')
		return false;
	cursor.next++;
	negative = date_cursor_peek(&cursor) == '-';
	if (negative)
		cursor.next++;
	seconds = expr_date_read_number(&cursor, 15, NULL);
	if (seconds == DATE_UNSET)
		return false;
	reader->have_date = false;
	forget_time(reader);
	begin_zone(reader);
	fields->year = 1970;
	fields->month = fields->day = 1;
	fields->add_seconds += negative ? -seconds : seconds;
	if (date_cursor_peek(&cursor) == '.')
	{
		int			digits;
		int64		fraction;

		cursor.next++;
		fraction = expr_date_read_number(&cursor, 6, &digits);
		for (; digits > 0 && digits < 6; digits++)
			fraction *= 10;
		if (fraction != DATE_UNSET)
			fields->add_microseconds = negative ? -fraction : fraction;
	}
	fields->has_zone = true;
	fields->zone_is_name = false;
	fields->zone_offset = 0;
	reader->cursor.next = cursor.next;
	return true;
}

/* ---- The text ---- */

/* Whether a pattern can match a text that begins with a character; most cannot. */
static bool
may_begin(char token, char c)
{
	switch (token)
	{
		case 'N':
		case 'n':
		case 'a':
			return is_letter(c);
		case 'z':
			return is_letter(c) || is_one_of(c, "(+-");
		case 'V':
			return is_digit(c) || is_one_of(c, "+-");
		case 'X':
			return is_one_of(c, "+-");
		case 't':
			return is_digit(c) || is_one_of(c, "tT");
		case 'u':
			return is_one_of(c, "tT");
		default:
			return is_digit(c);
	}
}

/* Takes the longest piece that a rule or a word makes of what comes next. */
static void
read_piece(Reader *reader)
{
	const char *start = reader->cursor.next;
	const Rule *rule = NULL;
	Matcher		matcher;
	Match		longest;

	memset(&longest, 0, sizeof(longest));
	memset(&matcher, 0, sizeof(matcher));
	matcher.end = reader->cursor.end;
	for (int i = 0; i < lengthof(rules); i++)
	{
		if (!may_begin(rules[i].pattern[0], *start))
			continue;
		for (int part = 0; part < PART_COUNT; part++)
			matcher.path.part[part] = DATE_UNSET;
		matcher.best.end = NULL;
		match_pattern(&matcher, rules[i].pattern, start);
		if (matcher.best.end > start &&
			(longest.end == NULL || matcher.best.end > longest.end))
		{
			longest = matcher.best;
			rule = &rules[i];
		}
	}
	if (read_timestamp(reader) || read_phrase(reader) || read_word(reader, longest.end) ||
		read_relative(reader, longest.end))
		return;
	if (rule == NULL)
	{
		problem(reader, "Unexpected character");
		return;
	}
	use_rule(reader, rule, &longest);
	reader->cursor.next = longest.end;
}

static void
check_fields(Reader *reader)
{
	DateFields *fields = reader->fields;

	if (reader->have_time > 0 && (fields->hour > 23 || fields->minute > 59 ||
								  fields->second > 59))
		problem(reader, "The parsed time was invalid");
	if (reader->have_date && fields->year != DATE_UNSET && fields->month != DATE_UNSET &&
		fields->day != DATE_UNSET &&
		(fields->year < 0 || fields->month < 1 || fields->month > MONTHS_IN_YEAR ||
		 fields->day < 1 ||
		 fields->day > pgbson_days_in_month(fields->year, (int) fields->month)))
		problem(reader, "The parsed date was invalid");
}

void
expr_date_read_free(DateCursor *cursor, DateFields *fields)
{
	Reader		reader = {*cursor, fields, false, 0, false};

	while (reader.cursor.end > reader.cursor.next && isspace((unsigned char) reader.cursor.end[-1]))
		reader.cursor.end--;
	while (!date_cursor_at_end(&reader.cursor) && isspace((unsigned char) *reader.cursor.next))
		reader.cursor.next++;
	if (date_cursor_at_end(&reader.cursor))
		problem(&reader, "Empty string");

	while (!date_cursor_at_end(&reader.cursor) && !fields->problem)
	{
		const char *p = skip_space(reader.cursor.next, reader.cursor.end);

		CHECK_FOR_INTERRUPTS();
		if (p > reader.cursor.next)
			reader.cursor.next = p;
		else if (is_one_of(*p, ".,\n"))
			reader.cursor.next++;
		else
			read_piece(&reader);
	}
	check_fields(&reader);
}
