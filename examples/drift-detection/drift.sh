#!/bin/sh
# Copyright (c) The terraform-provider-ram authors
# SPDX-License-Identifier: MPL-2.0

# Compares an account with the configuration and with the state, and changes
# neither of the three.
#
#   drift.sh [-C DIRECTORY] [-o FILE] [-j FILE] [-n NAME] [PLAN-ARGUMENT...]
#
#   -C DIRECTORY   the configuration, after init (.)
#   -o FILE        write the summary as Markdown to FILE (standard output)
#   -j FILE        write the summary as JSON to FILE as well
#   -n NAME        the name of the account in the summary
#
# The other arguments go to both plans: -var-file=prod.tfvars, -lock=false,
# -lock-timeout=5m, ... DRIFT_CLI sets the program; the default is terraform if it
# is installed, else tofu. RAMREPORT sets the path of ramreport.
#
# Exit codes: 0 if nothing differs, 2 if something differs, a check or a control
# fails, or the plan warns of an object, and 1 if that is not known: an error, a
# lock, an interrupt. Standard error has the progress. No sensitive value is shown,
# and no plan is left behind.
#
# Needs Terraform or OpenTofu 1.11, and ramreport.

set -eu
umask 077

# An exit before the result is known is 1: the 2 of a broken tool must not look like drift.
status=1
work=
summary=
json=
child=
trap 'rm -rf "$work"; exit "$status"' EXIT
trap 'interrupted INT' INT
trap 'interrupted TERM' TERM
trap 'interrupted HUP' HUP

# Messages go to the first standard error: a signal may arrive while it is redirected.
exec 3>&2
say() { printf 'drift: %s\n' "$*" >&3; }

# report writes the summary. Its exit code is the result.
report() {
	for kind in undeclared declared; do
		[ ! -f "$work/$kind.log" ] || set -- -log "$work/$kind.log" "$@"
	done
	[ -z "$json" ] || set -- -json "$json" "$@"
	"$ramreport" drift -markdown "${summary:-$work/summary}" -cli "${cli##*/}" -chdir "$directory" -workspace "$workspace" -account "${DRIFT_ACCOUNT:-}" -name "$name" \
		-commit "${DRIFT_COMMIT:-${GITHUB_SHA:-${CI_COMMIT_SHA:-}}}" -run "${DRIFT_RUN:-}" "$@"
}

# fail says why the result is not known, also in the summary: an old summary must
# not be taken for a result.
fail() {
	say "$1"
	if [ -n "$work" ]; then
		# The errors of the plan say more than its exit code, if there are any.
		case ${2:-} in
		'') report -reason "$1" 2>&3 || : ;;
		*) report -status "$2" -reason "$1" 2>&3 || : ;;
		esac
	elif [ -n "$summary" ]; then
		printf '# RAM drift: not known\n\n%s\n' "$1" >"$summary" || :
	fi
	exit 1
}

# A terminal signals the whole group, others only this process. The CLI frees its
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
	fail "The run was interrupted." interrupted
}

# run waits for a background job, because a shell handles no signal while it waits
# for anything else.
run() {
	"$@" 3>&- &
	child=$!
	code=0
	wait "$child" || code=$?
	child=
	return "$code"
}

# plan makes a plan, and its JSON. The exit code of a refresh-only plan may be 2
# without a difference, so ramreport judges.
plan() {
	kind=$1 title=$2
	shift 2
	say "planning $title"
	run "$cli" -chdir="$directory" plan -json -input=false -detailed-exitcode -out="$work/$kind.tfplan" "$@" \
		>"$work/$kind.log" 2>"$work/$kind.err" && code=0 || code=$?
	case $code in
	0 | 2) ;;
	*)
		cat "$work/$kind.err" >&2
		fail "The plan of $title ended with $code."
		;;
	esac
	run "$cli" -chdir="$directory" show -json -no-color "$work/$kind.tfplan" >"$work/$kind.json" 2>"$work/$kind.err" || {
		cat "$work/$kind.err" >&2
		fail "The plan of $title cannot be read."
	}
}

directory=. workspace='' name='' ramreport='' cli=''
usage="usage: drift.sh [-C DIRECTORY] [-o FILE] [-j FILE] [-n NAME] [PLAN-ARGUMENT...]"
while [ $# -gt 0 ]; do
	case $1 in
	-C | -o | -j | -n) [ $# -gt 1 ] || fail "$usage" ;;
	*) break ;;
	esac
	case $1 in
	-C) directory=$2 ;;
	-o) summary=$2 ;;
	-j) json=$2 ;;
	-n) name=$2 ;;
	esac
	shift 2
done
[ -z "$summary" ] || printf '# RAM drift: not known\n\nThe run has not ended.\n' >"$summary"

found=$(command -v "${RAMREPORT:-ramreport}") || fail "There is no ${RAMREPORT:-ramreport}: go install github.com/ram-security/terraform-provider-ram/cmd/ramreport@VERSION"
cli=${DRIFT_CLI:-}
if [ -z "$cli" ]; then
	cli=terraform
	command -v "$cli" >/dev/null || cli=tofu
fi
command -v "$cli" >/dev/null || fail "There is no $cli. Set DRIFT_CLI to another program."

# A log of the CLI may hold values, and further arguments would change the plans.
unset TF_LOG TF_LOG_CORE TF_LOG_PROVIDER TF_LOG_PATH TF_CLI_ARGS TF_CLI_ARGS_plan TF_CLI_ARGS_show
export TF_IN_AUTOMATION=1

ramreport=$found
work=$(mktemp -d)
workspace=${TF_WORKSPACE:-}
[ -n "$workspace" ] || workspace=$("$cli" -chdir="$directory" workspace show 2>/dev/null) || workspace=
plan declared "what is declared" "$@"
plan undeclared "what is not" -refresh-only "$@"

code=0
report -declared "$work/declared.json" -undeclared "$work/undeclared.json" -- "$@" || code=$?
[ -n "$summary" ] || cat "$work/summary"
case $code in
0) say clean ;;
2) say "something needs an action" ;;
*) say "The result is not known." ;;
esac
status=$code
