-- Prints casts.tsv: from, to, when it applies (implicit, assignment, explicit), how (function, binary, in and out).
SELECT castsource, casttarget, castcontext, castmethod, castfunc
FROM pg_cast
WHERE castsource < 16384 AND casttarget < 16384
ORDER BY castsource, casttarget
