#!/bin/sh
# Copyright (c) The terraform-provider-ram authors
# SPDX-License-Identifier: MPL-2.0

# Plans and applies the configuration beside it for all accounts at once. One plan
# that fails is no plan at all, so the accounts that fail are left out, by name, and the
# others are planned again and applied.
#
#   fleet.sh plan|apply [ARGUMENT...]
#
# apply does not ask: look at the plan first. Prints a table as Markdown, and ends with 1
# if an account failed, else with 2 if a plan would change something, else with 0.
# FLEET_CLI chooses the program (tofu), FLEET_LOGS the directory for the logs (logs).
# What follows is handed to each plan, such as -var-file=prod.tfvars or -parallelism=50.
#
# Needs OpenTofu 1.11 and jq.

set -euf # no globbing: an address has brackets
umask 077

here=$(cd "$(dirname "$0")" && pwd)
cli=${FLEET_CLI:-tofu}
logs=${FLEET_LOGS:-$here/logs}
case $logs in /*) ;; *) logs=$PWD/$logs ;; esac
export TF_IN_AUTOMATION=1

verb=${1:-}
case $verb in
plan | apply) shift ;;
*)
	echo "usage: fleet.sh plan|apply [ARGUMENT...]" >&2
	exit 1
	;;
esac

mkdir -p "$logs"
: >"$logs/failed"
trap 'rm -f "$logs/tfplan"; exit 1' INT TERM HUP

# blamed reads the log of a run, and adds the accounts whose objects failed, each with
# the title of its first error. It ends with 1 if there is an error that is nobody's.
blamed() {
	jq -rR 'fromjson? | objects | select(."@level" == "error") | .diagnostic // {summary: ."@message"}
		| [(.address // "" | capture("^module\\.baseline\\[\"(?<id>[0-9]+)\"\\]") | .id) // "", (.summary | gsub("[|`<>\t\n]"; "?"))] | @tsv' "$1" >"$logs/errors"
	awk -F '\t' -v known="$logs/failed" '
		BEGIN { while ((getline line < known) > 0) { split(line, part, "\t"); seen[part[1]] = 1 } }
		$1 == "" { print "fleet: " $2 > "/dev/stderr"; nobodys = 1; next }
		!seen[$1]++ { print >> known; print "fleet: " $1 ": " $2 > "/dev/stderr"; more = 1 }
		END { exit nobodys || !more }' "$logs/errors"
}

excluded() { cut -f 1 "$logs/failed" | sed 's/.*/-exclude=module.baseline["&"]/'; }

# Each turn leaves out more accounts, so there is an end.
code=1
while :; do
	IFS='
'
	# shellcheck disable=SC2046 # one argument a line
	set -- "$@" $(excluded)
	unset IFS
	code=0
	"$cli" -chdir="$here" plan -json -input=false -detailed-exitcode -out="$logs/tfplan" "$@" >"$logs/plan.log" || code=$?
	[ "$code" -eq 1 ] || break
	blamed "$logs/plan.log" || {
		echo "fleet: the plan failed; $logs/plan.log says why." >&2
		exit 1
	}
done

"$cli" -chdir="$here" show -json "$logs/tfplan" | jq -r '[.resource_changes[]? | select(.mode == "managed" and .change.actions != ["no-op"])
	| .address | capture("^module\\.baseline\\[\"(?<id>[0-9]+)\"\\]") | .id] | group_by(.)[] | "\(.[0])\t\(length)"' >"$logs/changes"

applied=0
if [ "$verb" = apply ]; then
	"$cli" -chdir="$here" apply -json -input=false "$logs/tfplan" >"$logs/apply.log" || {
		applied=1
		blamed "$logs/apply.log" || echo "fleet: the apply failed; $logs/apply.log says why." >&2
	}
fi
rm -f "$logs/tfplan"

word="would change"
[ "$verb" = plan ] || word="changed"
printf '| Account | Result |\n|---|---|\n'
awk -F '\t' -v word="$word" -v known="$logs/failed" '
	BEGIN { while ((getline line < known) > 0) { split(line, part, "\t"); failed[part[1]] = 1; print "| " part[1] " | **failed**: " part[2] " |" } }
	!failed[$1] { print "| " $1 " | " $2 " " word " |" }' "$logs/changes"

if [ "$applied" -ne 0 ] || [ -s "$logs/failed" ]; then exit 1; fi
[ "$verb" = apply ] || exit "$code"
