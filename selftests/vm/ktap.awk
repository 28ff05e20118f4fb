# SPDX-License-Identifier: GPL-2.0-only
#
# Flatten KUnit's nested KTAP to TAP: one line for each test case, named
# suite.case, numbered on from -v first=N. What a failed case had to say comes
# before it as comments. A suite that failed otherwise, or a log in which no
# test ran, is a failure of its own. Exits 1 if anything failed.

function emit(verdict, name, rest)
{
	printf "%s %d %s%s\n", verdict, first + count++, name, rest
	if (verdict != "ok")
		failed++
}

function forget()
{
	said = 0
}

function tell(	i)
{
	for (i = 0; i < said; i++)
		print "# " lines[i]
	forget()
}

BEGIN {
	first = first ? first : 1
	unit = "(ok|not ok) [0-9]+ ?-? ?"
}

{
	sub(/^\[ *[0-9.]+\]( *\[ *[TC][0-9]+\])? ?/, "")
	sub(/\r$/, "")
}

/^    # Subtest: / {
	suite = $3
	suite_failed = 0
	forget()
	next
}

suite != "" && $0 ~ "^    " unit {
	line = $0
	verdict = line ~ /^ *ok/ ? "ok" : "not ok"
	sub("^ *" unit, "", line)
	name = line
	sub(/ *#.*/, "", name)
	rest = index(line, "#") ? " " substr(line, index(line, "#")) : ""
	if (verdict == "ok")
		forget()
	else {
		tell()
		suite_failed = 1
	}
	emit(verdict, suite "." name, rest)
	next
}

suite != "" && $0 ~ "^" unit {
	if ($1 == "not" && !suite_failed) {
		tell()
		emit("not ok", suite, "")
	}
	suite = ""
	next
}

suite != "" && !/^ *(KTAP version |1\.\.|# module: )/ {
	lines[said++] = $0
}

END {
	if (suite != "") {
		tell()
		emit("not ok", suite, " # did not end")
	}
	if (!count)
		emit("not ok", "kunit", " # no test ran")
	print "1.." first + count - 1
	exit failed > 0
}
