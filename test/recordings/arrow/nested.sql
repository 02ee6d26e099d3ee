SELECT
	cast(a as ARRAY<INT>) as a,
	cast(aa as ARRAY<ARRAY<STRING>>) as aa,
	cast(m as MAP<STRING, INT>) as m,
	cast(mi as MAP<INT, ARRAY<STRING>>) as mi,
	cast(s as STRUCT<i: INT, t: STRING>) as s,
	cast(deep as ARRAY<STRUCT<k: MAP<STRING, STRUCT<d: DECIMAL(10,2), on: DATE>>, b: BINARY, ts: TIMESTAMP, n: TIMESTAMP_NTZ, ok: BOOLEAN>>) as deep,
	cast(ms as MAP<STRUCT<a: INT>, INT>) as ms,
	cast(y as INTERVAL YEAR TO MONTH) as y,
	cast(mo as INTERVAL MONTH) as mo,
	cast(d as INTERVAL DAY TO SECOND) as d,
	cast(h as INTERVAL HOUR TO MINUTE) as h,
	cast(ai as ARRAY<INTERVAL DAY>) as ai,
	v,
	nothing
FROM VALUES
 (array(1,null,-2147483648), array(array('a','ü"\\\\'),array(),null), map('b',2,'a',null), map(2,array('x'),10,array(),1,null), named_struct('i',7,'t',''),
 array(named_struct('k',map('p',named_struct('d',1.50bd,'on',date'2026-02-28'),'q',null),'b',x'0001ff','ts',timestamp'2026-10-31 02:00:00.000001','n',timestamp_ntz'1969-12-31 23:59:59.999999','ok',true), null, named_struct('k',null,'b',null,'ts',null,'n',null,'ok',false)),
 map(named_struct('a',1),10,named_struct('a',2),null), interval '-1-2' year to month, interval '14' month, interval '-2 05:00:00.000001' day to second, interval '26:03' hour to minute, array(interval '3' day, null), array(null), null),
 (array(), array(), map(), map(), named_struct('i',null,'t',null), array(), map(), interval '178956970-7' year to month, interval '0' month, interval '106751991 04:00:54.775807' day to second, interval '0:00' hour to minute, array(), array(), null),
 (null,null,null,null,null,null,null,null,null,null,null,null,null,null)
 AS t(a, aa, m, mi, s, deep, ms, y, mo, d, h, ai,
	v,
	nothing)
