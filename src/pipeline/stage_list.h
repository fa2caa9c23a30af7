/*
 * stage_list.h
 *		The aggregation stages: STAGE(name, symbol, flags, function, modifies), sorted by name.
 *
 * `modifies` tells the optimizer whether the stage may change a field of a given name.
 */
/* no include guard: each includer defines STAGE */
STAGE("$addFields", ADD_FIELDS, STAGE_ONE_TO_ONE | STAGE_EACH,
	  pipeline_stage_add_fields, pipeline_modifies_names)
STAGE("$count", COUNT, 0,
	  pipeline_stage_count, pipeline_modifies_all)
STAGE("$facet", FACET, STAGE_NOT_IN_FACET,
	  pipeline_stage_facet, pipeline_modifies_all)
STAGE("$group", GROUP, 0,
	  pipeline_stage_group, pipeline_modifies_all)
STAGE("$indexStats", INDEX_STATS, STAGE_NOT_IN_FACET,
	  pipeline_stage_index_stats, pipeline_modifies_all)
STAGE("$limit", LIMIT, 0,
	  pipeline_stage_limit, pipeline_modifies_nothing)
STAGE("$lookup", LOOKUP, STAGE_ONE_TO_ONE | STAGE_EACH,
	  pipeline_stage_lookup, pipeline_modifies_as)
STAGE("$match", MATCH, 0,
	  pipeline_stage_match, pipeline_modifies_nothing)
STAGE("$project", PROJECT, STAGE_ONE_TO_ONE | STAGE_EACH,
	  pipeline_stage_project, pipeline_modifies_projected)
STAGE("$replaceRoot", REPLACE_ROOT, STAGE_ONE_TO_ONE,
	  pipeline_stage_replace_root, pipeline_modifies_all)
STAGE("$replaceWith", REPLACE_WITH, STAGE_ONE_TO_ONE,
	  pipeline_stage_replace_with, pipeline_modifies_all)
STAGE("$sample", SAMPLE, 0,
	  pipeline_stage_sample, pipeline_modifies_nothing)
STAGE("$set", SET, STAGE_ONE_TO_ONE | STAGE_EACH,
	  pipeline_stage_set, pipeline_modifies_names)
STAGE("$skip", SKIP, 0,
	  pipeline_stage_skip, pipeline_modifies_nothing)
STAGE("$sort", SORT, STAGE_EACH,
	  pipeline_stage_sort, pipeline_modifies_nothing)
STAGE("$sortByCount", SORT_BY_COUNT, 0,
	  pipeline_stage_sort_by_count, pipeline_modifies_all)
STAGE("$unionWith", UNION_WITH, 0,
	  pipeline_stage_union_with, pipeline_modifies_nothing)
STAGE("$unset", UNSET, STAGE_ONE_TO_ONE | STAGE_EACH,
	  pipeline_stage_unset, pipeline_modifies_unset)
STAGE("$unwind", UNWIND, STAGE_EACH,
	  pipeline_stage_unwind, pipeline_modifies_unwound)
