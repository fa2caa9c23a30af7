/*
 * update_oplist.h
 *		The update operators, sorted by name.
 *
 * UPDATE_OP(name, symbol, flags, parse, apply)
 *		flags	see update_internal.h
 *		parse	checks the operand and keeps what apply needs
 *		apply	computes the new value of a field from the old one
 *
 * The enum, the table, the prototypes and the SQL function docdb.update_operators come from these
 * rows.
 */
/* no include guard: each includer defines UPDATE_OP */
UPDATE_OP("$addToSet", ADD_TO_SET, UPDATE_CREATES, update_parse_add_to_set, update_apply_add_to_set)
UPDATE_OP("$bit", BIT, UPDATE_CREATES, update_parse_bit, update_apply_bit)
UPDATE_OP("$currentDate", CURRENT_DATE, UPDATE_CREATES, update_parse_current_date,
		  update_apply_current_date)
UPDATE_OP("$inc", INC, UPDATE_CREATES, update_parse_inc, update_apply_inc)
UPDATE_OP("$max", MAX, UPDATE_CREATES, update_parse_any, update_apply_max)
UPDATE_OP("$min", MIN, UPDATE_CREATES, update_parse_any, update_apply_min)
UPDATE_OP("$mul", MUL, UPDATE_CREATES, update_parse_mul, update_apply_mul)
UPDATE_OP("$pop", POP, 0, update_parse_pop, update_apply_pop)
UPDATE_OP("$pull", PULL, 0, update_parse_pull, update_apply_pull)
UPDATE_OP("$pullAll", PULL_ALL, 0, update_parse_pull_all, update_apply_pull_all)
UPDATE_OP("$push", PUSH, UPDATE_CREATES, update_parse_push, update_apply_push)
UPDATE_OP("$rename", RENAME, UPDATE_MOVES, update_parse_rename, update_apply_rename)
UPDATE_OP("$set", SET, UPDATE_CREATES, update_parse_any, update_apply_set)
UPDATE_OP("$setOnInsert", SET_ON_INSERT, UPDATE_CREATES | UPDATE_INSERT_ONLY, update_parse_any,
		  update_apply_set)
UPDATE_OP("$unset", UNSET, UPDATE_LENIENT, update_parse_any, update_apply_unset)
