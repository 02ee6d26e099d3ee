/**
 * Functions that Databricks SQL has and this workspace has not verified. They are refused by name
 * (0A000); a name that is in no list does not exist (UNRESOLVED_ROUTINE).
 */
export const LISTED: ReadonlySet<string> = new Set(
	`acos acosh aes_decrypt aes_encrypt aggregate ai_query approx_count_distinct approx_percentile approx_top_k array_insert
	array_sort arrays_overlap arrays_zip ascii asin asinh assert_true atan atan2 atanh base64 bigint bin bit_and
	bit_count bit_get bit_length bit_or bit_xor bitmap_bit_position btrim bucket cbrt cardinality ceil char char_length
	charindex chr collate collations conv convert_timezone corr cos cosh cot count_min_sketch covar_pop covar_samp crc32
	csc current_catalog current_database current_schema current_timezone current_user current_version date_diff date_from_unix_date
	date_part date_sub dateadd datepart day dayname dayofyear decode degrees e elt encode endswith equal_null event_log exists exp
	expm1 factorial filter find_in_set flatten floor forall format_number format_string from_csv from_json
	from_unixtime from_utc_timestamp from_xml get get_json_object getbit getdate h3_boundaryasgeojson hash hex histogram_numeric
	hll_sketch_agg hll_sketch_estimate hll_union hour hypot ilike initcap input_file_name instr is_account_group_member
	is_member is_variant_null isnan java_method json_array_length json_object_agg json_object_keys json_tuple kll_sketch_agg kurtosis
	lcase levenshtein listagg ln locate localtimestamp log log10 log1p log2 lpad luhn_check make_dt_interval make_interval make_timestamp
	make_valid_utf8 make_ym_interval map_concat map_contains_key map_entries map_filter map_from_arrays map_from_entries
	map_zip_with mask md5 minute mod mode monotonically_increasing_id months_between mode murmur3 named_struct nanvl
	negative next_day now nullifzero nvl2 octet_length overlay parse_json parse_url percentile_approx percentile_disc pi pmod position
	positive pow power printf quarter radians raise_error rand randn random randstr read_files reduce reflect regexp_count
	regexp_extract regexp_extract_all regexp_instr regexp_like regexp_replace regexp_substr regr_avgx regr_avgy
	regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy repeat replace reverse rint rlike rpad
	schema_of_csv schema_of_json schema_of_variant sec second sentences sequence session_user session_window sha sha1 sha2
	shiftleft shiftright shuffle sign signum sin sinh size skewness slice sort_array soundex space spark_partition_id split
	split_part sql_keywords sqrt st_area stack startswith str_to_map string_agg struct substr substring_index tan tanh
	theta_sketch_agg timestamp_micros timestamp_millis timestamp_seconds timestampadd timestampdiff to_avro to_binary to_char
	to_csv to_json to_number to_protobuf to_timestamp to_unix_timestamp to_utc_timestamp to_varchar to_variant_object to_xml transform
	transform_keys transform_values translate trunc try_add try_aes_decrypt try_avg try_divide try_element_at
	try_mod try_multiply try_parse_json try_reflect try_subtract try_sum try_to_binary try_to_date try_to_number try_to_timestamp
	try_variant_get typeof ucase unbase64 unhex unix_date unix_micros unix_millis unix_seconds unix_timestamp upper
	url_decode url_encode user uuid variant_explode variant_get vector_search version weekday weekofyear width_bucket
	window window_time xpath xxhash64 zeroifnull zip_with zip_with_index`
		.split(/\s+/)
		.filter((name) => name !== '' && name !== 'getdate'),
);
