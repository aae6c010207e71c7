#!/bin/sh
# Copyright (c) The terraform-provider-ram authors
# SPDX-License-Identifier: MPL-2.0

# Compares an account with the configuration and with the state, and changes
# neither of the three.
#
#   drift.sh [-C DIRECTORY] [-o FILE] [PLAN-ARGUMENT...]
#
#   -C DIRECTORY   where the configuration is, after init (here)
#   -o FILE        where the summary goes, as Markdown (standard output)
#
# What follows is handed to both plans: -var-file=prod.tfvars, -lock=false,
# -lock-timeout=5m, ... DRIFT_CLI chooses the program; otherwise it is terraform
# if there is one, else tofu.
#
# Ends with 0 if nothing differs, with 2 if something does or a check fails, and
# with 1 whenever that is not known: an error, a lock, an interrupt. Standard error
# tells the progress. No sensitive value is shown, and no plan is left behind.
#
# Needs Terraform or OpenTofu 1.11, jq 1.6, and drift.jq and affected.json, which
# lie beside this file.

set -eu
umask 077

# Whatever ends this script before it knows, it ends with 1: the 2 of a broken tool
# must not look like drift.
status=1
work=
summary=
child=
trap 'rm -rf "$work"; exit "$status"' EXIT
trap 'interrupted INT' INT
trap 'interrupted TERM' TERM
trap 'interrupted HUP' HUP

# Words go where standard error went at first: a signal may come while it is somewhere else.
exec 3>&2
say() { printf 'drift: %s\n' "$*" >&3; }

# fail says why nobody knows, also in the summary, so that an old one, or none, is
# not taken for an answer.
fail() {
	say "$1"
	if [ -n "$summary" ]; then
		printf '# RAM drift: not known\n\n%s\n\nWhether something has changed is not known. The log says more.\n' "$1" >"$summary" || :
	fi
	exit 1
}

# A terminal signals the whole group, others this process alone. The CLI frees its
# lock at the first signal and not at the second, so it gets a moment before ours.
interrupted() {
	trap '' INT TERM HUP
	if [ -n "$child" ]; then
		patience=2
		[ "$1" = INT ] || patience=0
		while [ "$patience" -gt 0 ] && kill -0 "$child" 2>/dev/null; do
			sleep 1
			patience=$((patience - 1))
		done
		kill -TERM "$child" 2>/dev/null || :
		wait "$child" 2>/dev/null || :
	fi
	fail "It was interrupted."
}

# run waits for a background job, because a shell does not hear a signal while it
# waits for anything else.
run() {
	"$@" 3>&- &
	child=$!
	code=0
	wait "$child" || code=$?
	child=
	return "$code"
}

# errors prints what a plan complained of: the words, never the source lines beside
# them, which may hold a value.
errors() {
	jq -rR 'fromjson? | objects | select(."@level" == "error") | .diagnostic // {summary: ."@message"}
		| "Error: \(.summary)", if .range then "  in \(.range.filename), line \(.range.start.line)" else empty end,
			(.detail // "" | split("\n")[] | "  " + .)' "$1" >&2 || :
	cat "$2" >&2
}

# plan makes a plan, and turns it into JSON. That the plan differs is not believed
# on its exit code: of a refresh-only plan it may be 2 without a difference.
plan() {
	name=$1 title=$2
	shift 2
	say "planning $title"
	run "$cli" -chdir="$directory" plan -json -input=false -detailed-exitcode -out="$work/$name.tfplan" "$@" \
		>"$work/$name.log" 2>"$work/$name.err" && code=0 || code=$?
	case $code in
	0 | 2) ;;
	*)
		errors "$work/$name.log" "$work/$name.err"
		fail "The plan of $title ended with $code."
		;;
	esac
	run "$cli" -chdir="$directory" show -json -no-color "$work/$name.tfplan" >"$work/$name.json" 2>"$work/$name.err" || {
		cat "$work/$name.err" >&2
		fail "The plan of $title cannot be read."
	}
}

directory=.
while [ $# -gt 0 ]; do
	case $1 in
	-C | -o)
		[ $# -gt 1 ] || fail "usage: drift.sh [-C DIRECTORY] [-o FILE] [PLAN-ARGUMENT...]"
		if [ "$1" = -C ]; then directory=$2; else summary=$2; fi
		shift 2
		;;
	*) break ;;
	esac
done
[ -z "$summary" ] || rm -f "$summary"

command -v jq >/dev/null || fail "There is no jq."
beside=$(cd "$(dirname "$0")" && pwd)
cli=${DRIFT_CLI:-}
if [ -z "$cli" ]; then
	cli=terraform
	command -v "$cli" >/dev/null || cli=tofu
fi
command -v "$cli" >/dev/null || fail "There is no $cli. DRIFT_CLI names another."

# What the log says is ours to choose, and every line of it would be a leak.
unset TF_LOG TF_LOG_CORE TF_LOG_PROVIDER TF_LOG_PATH TF_CLI_ARGS TF_CLI_ARGS_plan TF_CLI_ARGS_show
export TF_IN_AUTOMATION=1

work=$(mktemp -d)
plan declared "what is declared" "$@"
plan undeclared "what is not" -refresh-only "$@"

# Variables may hold secrets; the files of variables are named, and no more.
files=
for argument; do
	case $argument in -var-file=*) files="$files $argument" ;; esac
done
jq -rn --arg cli "${cli##*/}" --arg directory "$directory" --arg files "$files" \
	--slurpfile affected "$beside/affected.json" \
	--slurpfile declared "$work/declared.json" --slurpfile undeclared "$work/undeclared.json" \
	-f "$beside/drift.jq" >"$work/report" || fail "The plans cannot be compared."

verdict=$(sed -n 1p "$work/report")
sed 1d "$work/report" >"$work/summary"
case $verdict in
clean | drift) ;;
nothing) fail "The configuration and the state are both empty, so nothing was compared. Is this the right directory, backend and workspace?" ;;
*) fail "The comparison has no verdict." ;;
esac

# The summary appears whole or not at all.
if [ -n "$summary" ]; then
	cp "$work/summary" "$summary.part"
	mv "$summary.part" "$summary"
else
	cat "$work/summary"
fi
say "$verdict"
if [ "$verdict" = clean ]; then status=0; else status=2; fi
