#!/bin/sh
# Copyright (c) The terraform-provider-ram authors
# SPDX-License-Identifier: MPL-2.0

# Runs one configuration for many accounts, a few at a time, with Terraform or
# OpenTofu. An account that fails stops no other one.
#
#   fleet.sh [-C DIRECTORY] audit|plan|apply|drift [ACCOUNT...]
#   fleet.sh -1 [-C DIRECTORY] plan|apply [PLAN-ARGUMENT...]
#
#   audit   judge the accounts by the baseline, before the first apply (audit/)
#   plan    plan each account in its own workspace, and save the plans
#   apply   apply the saved plans, each once, then plan again; run it again to resume
#   drift   compare the accounts with the configuration (../drift-detection)
#
#   -C DIRECTORY   the configuration (terraform; with -1: opentofu)
#   -1             one run for all accounts: the configuration has one provider
#                  instance for each (for_each on a provider, OpenTofu). An account
#                  that cannot be planned is excluded, and the others are planned.
#
# Exit codes:
#   0   every account was compared, and nothing needs an action
#   2   every account was compared, and something needs an action: a change, a
#       failed check or control, a warning about an object
#   1   an account was not compared: no access, a failed plan or apply, an
#       interrupt, no saved plan
#
# Prints an overview as Markdown, and writes fleet.md, fleet.html, fleet.json and
# fleet-junit.xml to $FLEET_OUT/VERB, with the report of each account. The next run
# shows the trend. Saved plans are in $FLEET_OUT/plans; they may hold secrets, and
# only their owner can read them.
#
# FLEET_CLI sets the program (terraform, else tofu), FLEET_ACCOUNTS the file of
# accounts (accounts.json), FLEET_PARALLEL how many run at a time (4), FLEET_OUT the
# directory of the results (out), and RAMREPORT the path of ramreport.
#
# Needs Terraform 1.11 or OpenTofu 1.11, ramreport, and an xargs with -P, as GNU,
# BSD and busybox have.

set -euf # no globbing: an address has brackets
umask 077

here=$(cd "$(dirname "$0")" && pwd)
child=

say() { printf 'fleet: %s\n' "$*" >&2; }

die() {
	say "$1"
	exit 1
}

# run waits for a background job, because a shell handles no signal while it waits
# for anything else.
run() {
	"$@" &
	child=$!
	code=0
	wait "$child" || code=$?
	child=
	return "$code"
}

# --- one account -------------------------------------------------------------------

# The CLI ends its apply at a signal, saves the state and frees the lock, so this
# process waits for it.
# shellcheck disable=SC2317 # a trap calls it
stopped() {
	trap '' INT TERM HUP
	if [ -n "$child" ]; then
		kill -TERM "$child" 2>/dev/null || :
		wait "$child" 2>/dev/null || :
	fi
	unknown interrupted "The $verb was interrupted."
	rm -f "$FLEET_OUT/$verb/$account.pid"
	exit 0
}

# report writes the report of the account, or of all accounts of one run.
report() {
	for file in "$@"; do
		[ "$file" != -- ] || break
		shift
		set -- "$@" -log "$file"
	done
	shift
	kind=plan
	[ "$verb" != drift ] || kind=drift
	code=0
	"$ramreport" "$kind" -json "$FLEET_OUT/$verb/${account:-all}.json" -account "$account" -name "$name" -cli "${FLEET_CLI##*/}" -chdir "$directory" \
		-commit "${GITHUB_SHA:-${CI_COMMIT_SHA:-}}" "$@" >&2 || code=$?
}

# unknown writes the report of an account that was not compared.
unknown() { report -- -status "$1" -reason "$2"; }

# plan plans the account, and saves the plan.
plan() {
	plan_log=$1
	shift
	rm -f "$FLEET_OUT/plans/$account.tfplan"
	code=0
	run "$FLEET_CLI" -chdir="$directory" plan -json -input=false -out="$FLEET_OUT/plans/$account.tfplan" "$@" >"$plan_log" 2>&1 || code=$?
	[ "$code" -eq 0 ] || {
		rm -f "$FLEET_OUT/plans/$account.tfplan" # a plan with errors is saved too
		report "$plan_log" -- -reason "The plan ended with $code."
		return 1
	}
	code=0
	run "$FLEET_CLI" -chdir="$directory" show -json "$FLEET_OUT/plans/$account.tfplan" >"$plan_log.plan" || code=$?
	[ "$code" -eq 0 ] || unknown failed "The plan cannot be read."
	return "$code"
}

# one runs the account. It never fails, so that xargs goes on.
one() {
	[ ! -e "$FLEET_OUT/stop" ] || {
		unknown not_run "The fleet was interrupted before."
		return 0
	}
	trap stopped INT TERM HUP
	echo $$ >"$FLEET_OUT/$verb/$account.pid"
	log=$FLEET_OUT/$verb/$account.log
	case $verb in
	audit)
		plan "$log" -lock=false -var "account_id=$account" || return 0 # no state, so no lock
		report "$log" -- -plan "$log.plan"
		rm -f "$FLEET_OUT/plans/$account.tfplan"
		;;
	plan)
		export TF_WORKSPACE="$account"
		plan "$log" -var "accounts_file=$FLEET_ACCOUNTS" || return 0
		report "$log" -- -plan "$log.plan"
		;;
	apply)
		export TF_WORKSPACE="$account"
		[ -f "$FLEET_OUT/plans/$account.tfplan" ] || {
			unknown not_run "There is no saved plan: run fleet.sh plan first."
			return 0
		}
		code=0
		run "$FLEET_CLI" -chdir="$directory" apply -json -input=false "$FLEET_OUT/plans/$account.tfplan" >"$log" 2>&1 || code=$?
		rm -f "$FLEET_OUT/plans/$account.tfplan"
		[ "$code" -eq 0 ] || {
			report "$log" -- -reason "The apply ended with $code."
			return 0
		}
		plan "$log.again" -var "accounts_file=$FLEET_ACCOUNTS" || return 0
		report "$log" "$log.again" -- -shown "$FLEET_OUT/plan/$account.log" -plan "$log.again.plan"
		rm -f "$FLEET_OUT/plans/$account.tfplan" "$log.again.plan"
		;;
	drift)
		export TF_WORKSPACE="$account" DRIFT_ACCOUNT="$account" DRIFT_CLI="$FLEET_CLI" RAMREPORT="$ramreport"
		code=0
		run "$here/../drift-detection/drift.sh" -C "$directory" -n "$name" -j "$FLEET_OUT/$verb/$account.json" -o "$FLEET_OUT/$verb/$account.md" "-var=accounts_file=$FLEET_ACCOUNTS" >"$log" 2>&1 || code=$?
		;;
	esac
	rm -f "$log.plan"
	say "$verb of $account ended with $code"
}

if [ "${1:-}" = --one ]; then
	verb=$2 account=$3 directory=$FLEET_DIRECTORY ramreport=$RAMREPORT
	name=$("$ramreport" accounts "$FLEET_ACCOUNTS" "$account")
	one
	rm -f "$FLEET_OUT/$verb/$account.pid"
	exit 0
fi

# --- the fleet ---------------------------------------------------------------------

usage() { die "usage: fleet.sh [-1] [-C DIRECTORY] audit|plan|apply|drift [ACCOUNT...]"; }

# absolute is a path for other directories: the CLI runs in the configuration's.
absolute() { case $1 in /*) echo "$1" ;; *) echo "$PWD/$1" ;; esac }

single=false directory=
while [ $# -gt 0 ]; do
	case $1 in
	-1) single=true ;;
	-C)
		[ $# -gt 1 ] || usage
		directory=$2
		shift
		;;
	*) break ;;
	esac
	shift
done
verb=${1:-}
case $single$verb in
falseaudit | falseplan | falseapply | falsedrift | trueplan | trueapply) shift ;;
*) usage ;;
esac
if [ -z "$directory" ]; then
	directory=$here/terraform
	[ "$single" = false ] || directory=$here/opentofu
	[ "$verb" != audit ] || directory=$here/audit
fi

ramreport=$(command -v "${RAMREPORT:-ramreport}") || die "There is no ${RAMREPORT:-ramreport}: go install github.com/ram-security/terraform-provider-ram/cmd/ramreport@VERSION"
FLEET_CLI=$(command -v "${FLEET_CLI:-terraform}" || command -v tofu) || die "There is neither terraform nor tofu."
FLEET_ACCOUNTS=$(absolute "${FLEET_ACCOUNTS:-$here/accounts.json}")
FLEET_OUT=$(absolute "${FLEET_OUT:-$here/out}")
FLEET_DIRECTORY=$(absolute "$directory")
RAMREPORT=$(absolute "$ramreport")
export FLEET_CLI FLEET_ACCOUNTS FLEET_OUT FLEET_DIRECTORY RAMREPORT TF_IN_AUTOMATION=1
unset TF_LOG TF_LOG_PATH TF_CLI_ARGS TF_CLI_ARGS_plan TF_CLI_ARGS_apply TF_CLI_ARGS_show
directory=$FLEET_DIRECTORY

known=$("$RAMREPORT" accounts "$FLEET_ACCOUNTS") || exit 1
mkdir -p "$FLEET_OUT/$verb" "$FLEET_OUT/plans"
rm -f "$FLEET_OUT/stop"

# overview makes one report of the accounts' reports, and prints it.
overview() {
	earlier=
	if [ -f "$FLEET_OUT/$verb/fleet.json" ]; then
		earlier=$FLEET_OUT/$verb/earlier.json
		mv "$FLEET_OUT/$verb/fleet.json" "$earlier"
	fi
	set -- -title "RAM fleet $verb" -markdown "$FLEET_OUT/$verb/fleet.md" -html "$FLEET_OUT/$verb/fleet.html" -json "$FLEET_OUT/$verb/fleet.json" -junit "$FLEET_OUT/$verb/fleet-junit.xml" "$@"
	[ -z "$earlier" ] || set -- -earlier "$earlier" "$@"
	code=0
	"$RAMREPORT" fleet "$@" || code=$?
	cat "$FLEET_OUT/$verb/fleet.md"
	exit "$code"
}

# several runs the verb for each account.
several() {
	[ $# -gt 0 ] || {
		IFS='
'
		# shellcheck disable=SC2086 # one account a line
		set -- $known
		unset IFS
	}
	for account; do
		case "
$known
" in
		*"
$account
"*) ;;
		*) die "$FLEET_ACCOUNTS does not know $account." ;;
		esac
		rm -f "$FLEET_OUT/$verb/$account.json" "$FLEET_OUT/$verb/$account.md" "$FLEET_OUT/$verb/$account.pid"
	done
	if [ "$verb" = apply ] && [ -f "$FLEET_OUT/plan/fleet.md" ]; then
		say "applying what fleet.sh plan showed:"
		cat "$FLEET_OUT/plan/fleet.md" >&2
	fi
	trap 'interrupted "$@"' INT TERM HUP
	printf '%s\n' "$@" >"$FLEET_OUT/$verb/accounts"
	xargs -P "${FLEET_PARALLEL:-4}" -n 1 "$here/fleet.sh" --one "$verb" <"$FLEET_OUT/$verb/accounts" &
	child=$!
	wait "$child" || :
	child=
	reports "$@"
}

# shellcheck disable=SC2317 # a trap calls it
# interrupted ends the accounts that run, lets the others not begin, and waits.
interrupted() {
	trap '' INT TERM HUP
	: >"$FLEET_OUT/stop"
	say "interrupted: waiting for the accounts that run"
	for account; do
		pid=$(cat "$FLEET_OUT/$verb/$account.pid" 2>/dev/null) || continue
		kill -TERM "$pid" 2>/dev/null || :
	done
	[ -z "$child" ] || wait "$child" || :
	for account; do
		while pid=$(cat "$FLEET_OUT/$verb/$account.pid" 2>/dev/null) && kill -0 "$pid" 2>/dev/null; do sleep 1; done
	done
	reports "$@"
}

# reports makes the overview. An account without a report was killed.
reports() {
	for account; do
		shift
		name=$("$RAMREPORT" accounts "$FLEET_ACCOUNTS" "$account")
		if [ ! -f "$FLEET_OUT/$verb/$account.json" ]; then
			kind=plan
			[ "$verb" != drift ] || kind=drift
			"$RAMREPORT" "$kind" -json "$FLEET_OUT/$verb/$account.json" -account "$account" -name "$name" -status interrupted -reason "The run ended without a report." || :
		fi
		set -- "$@" "$FLEET_OUT/$verb/$account.json"
	done
	overview "$@"
}

# together plans and applies all accounts in one run.
together() {
	account='' name='' plan=$FLEET_OUT/plans/all.tfplan log=$FLEET_OUT/$verb/all.log
	trap 'trap "" INT TERM HUP; [ -z "$child" ] || { kill -TERM "$child" 2>/dev/null; wait "$child"; }; die "interrupted"' INT TERM HUP
	if [ "$verb" = apply ]; then
		[ -f "$plan" ] || die "There is no saved plan: run fleet.sh -1 plan first."
		cp "$FLEET_OUT/plan/excluded.log" "$FLEET_OUT/apply/excluded.log"
		applied=0
		run "$FLEET_CLI" -chdir="$directory" apply -json -input=false "$plan" >"$log" 2>"$log.err" || applied=$?
		rm -f "$plan"
		say "the apply ended with $applied"
	else
		: >"$FLEET_OUT/$verb/excluded.log"
		: >"$log"
	fi
	# Each turn leaves out more accounts, so there is an end. The others are targets: -exclude of
	# one account would also leave out each object of the others that depends on a data source.
	left=$known
	while :; do
		code=0
		run "$FLEET_CLI" -chdir="$directory" plan -json -input=false -out="$plan" -var "accounts_file=$FLEET_ACCOUNTS" "$@" >"$log.plan" 2>"$log.err" || code=$?
		[ "$code" -ne 0 ] || break
		rm -f "$plan" # a plan with errors is saved too
		failing=$("$RAMREPORT" blame "$log.plan") || {
			cat "$log.err" >&2
			report "$log.plan" -- -reason "The plan ended with $code."
			overview "$FLEET_OUT/$verb/all.json"
		}
		cat "$log.plan" >>"$FLEET_OUT/$verb/excluded.log"
		before=$left
		left=$(printf '%s\n' "$left" | grep -Fvx "$failing") || :
		if [ -z "$left" ] || [ "$left" = "$before" ]; then
			cat "$log.err" >&2
			report "$log.plan" "$FLEET_OUT/$verb/excluded.log" -- -reason "The plan ended with $code, and no other account can be planned."
			overview "$FLEET_OUT/$verb/all.json"
		fi
		for id in $failing; do
			say "excluded: $id"
		done
		set --
		for id in $left; do
			set -- "$@" "-target=module.baseline[\"$id\"]"
		done
	done
	"$FLEET_CLI" -chdir="$directory" show -json "$plan" >"$log.json"
	[ "$verb" = plan ] || rm -f "$plan"
	report "$log" "$log.plan" "$FLEET_OUT/$verb/excluded.log" -- -plan "$log.json"
	rm -f "$log.json"
	overview "$FLEET_OUT/$verb/all.json"
}

if [ "$single" = true ]; then
	together "$@"
else
	several "$@"
fi
