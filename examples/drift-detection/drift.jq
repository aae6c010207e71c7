# Copyright (c) The terraform-provider-ram authors
# SPDX-License-Identifier: MPL-2.0

# From the JSON of two plans: the verdict in the first line (clean, drift or
# nothing), and below it the summary for people. Needs jq 1.6.

# --- values -----------------------------------------------------------------

# What *_sensitive says of an attribute: all of it, part of it, or nothing. Part of
# it is enough to show none of it.
def hidden($map; $name):
  if ($map | type) == "object" then [$map[$name] | .. | select(. == true)] | length > 0
  else $map == true end;

# Values as the configuration writes them. JSON is HCL but for the two templates.
def hcl: tojson | gsub("\\$\\{"; "$${") | gsub("%\\{"; "%%{");

def short: if length > 120 then .[0:100] + " … (\(length) characters)" else . end;

# Text from an account may hold anything, so none of it is Markdown.
def code:
  gsub("\\p{Cc}"; " ") | gsub("&"; "&amp;") | gsub("<"; "&lt;") | gsub(">"; "&gt;") | gsub("\\|"; "&#124;") | gsub("`"; "&#96;")
  | "<code>" + . + "</code>";

def shown: if .words then .words elif .hidden then "(sensitive)" else .value | hcl | short | code end;

def quoted: "'" + gsub("'"; "'\\''") + "'";

# --- differences ------------------------------------------------------------

# A value that is sensitive on one side is shown on neither.
def row($r; $name):
  (hidden($r.change.before_sensitive; $name) or hidden($r.change.after_sensitive; $name)) as $hidden
  | {address: $r.address, type: $r.type, attribute: $name,
     before: {value: ($r.change.before // {})[$name], hidden: $hidden}, after: {value: $r.change.after[$name], hidden: $hidden}};

# An object that is there or not, in words.
def whole($r; $wanted; $found): {address: $r.address, type: $r.type, attribute: null, wanted: {words: $wanted}, found: {words: $found}};

def unknown($r; $attribute): [$r.change.after_unknown | objects | .[$attribute] | .. | select(. == true)] | length > 0;

def differing($r): [
  ($r.change.after // {}) | keys[] | . as $name
  | select(unknown($r; $name) | not) | select(($r.change.before // {})[$name] != $r.change.after[$name]) | row($r; $name)
];

# What a plan would do to one object, told as what is wanted and what was found.
def declared($drifted): . as $r | .change.actions as $actions |
  if $actions == ["create"] then
    if $drifted[.address] then [whole($r; "in the account"; "gone")]
    else [whole($r; "managed from here"; "not in the state")] end
  elif $actions == ["delete"] or $actions == ["forget"] then [whole($r; "not declared"; "in the state")]
  elif $actions == ["no-op"] then
    if .previous_address then [whole($r; "moved from \(.previous_address | code)"; "not moved yet")]
    elif .change.importing then [whole($r; "imported"; "not in the state")]
    else [] end
  else
    (differing($r) | map({address, type, attribute, wanted: .after, found: .before})) as $rows
    | (if $actions == ["update"] then [] else [whole($r; "replaced by another one"; "as below")] end) + $rows
    | if . == [] then [whole($r; "updated"; "what will come is known after the apply")] else . end
  end;

def managed: [.[]? | select(.mode == "managed")];

# --- the summary ------------------------------------------------------------

def table($head): "", "| | Object | Attribute | \($head) | Found | Who is affected |", "|---|---|---|---|---|---|",
  (to_entries[] | .value as $v
    | "| \(.key + 1) | \($v.address | code) | \(if $v.attribute then $v.attribute | code else "all of it" end) | \($v.wanted | shown) | \($v.found | shown) | \($v.who) |");

def command($arguments): "\($cli)\(if $directory == "." then "" else " -chdir=" + ($directory | quoted) end) apply\($files)\($arguments)";

def targets: map(.address) | unique | map(" -target=" + quoted) | add;

# The lines that declare what was found, for those that can be written.
def lines($side; $computed): group_by(.address)[]
  | map(select(.attribute and (.[$side].hidden | not) and (.attribute as $name | $computed[.type] // [] | index($name) | not))) | select(length > 0)
  | "# \(.[0].address | gsub("\\p{Cc}"; " "))", (.[] | "\(.attribute) = \(.[$side].value | hcl | if length > 400 then "… # \(length) characters: too long for this page" else . end)");

def fenced($language; $body): "", "```\($language)", $body[], "```";

def told($who): map(. + {who: ($who[.type][.attribute // "*"] // $who[.type]["*"] // "")});

$affected[0].who as $who | $affected[0].computed as $computed | $declared[0] as $d | $undeclared[0] as $u
| ($u.resource_drift | managed) as $drift
| ($drift | map(select(.change.actions == ["delete"]) | {(.address): true}) | add // {}) as $drifted
| [$d.resource_changes | managed[]] as $changes
| ($changes | map(declared($drifted)[]) | told($who)) as $declaredRows
# What the first plan tells already, or will compute anew, is not told twice.
| ($changes | map(select(.change.actions != ["no-op"]) | . as $r | {(.address): [($r.change.after // {} | keys[]), ($r.change.after_unknown | objects | keys[])
    | . as $name | select(unknown($r; $name) or ($r.change.before // {})[$name] != ($r.change.after // {})[$name])]}) | add // {}) as $known
| ($drift | map(. as $r
    | if .change.actions == ["delete"] then (if $known[.address] then empty else whole($r; "in the account"; "gone") end)
      else differing($r)[] | select(.attribute as $a | $known[$r.address] // [] | index($a) | not)
        | {address, type, attribute, wanted: .before, found: .after} end) | told($who)) as $undeclaredRows
| [$d.checks[]? | . as $check | select(.status == "fail" or .status == "error")
    | {name: .address.to_display, status, messages: [.instances[]? | .problems[]? | .message]}] as $failed
| [$d.checks[]? | select(.status == "unknown") | .address.to_display] as $open
| [$d.output_changes // {} | to_entries[] | select(.value.actions != ["no-op"]) | .key] as $outputs
| [$changes[] | .change.after.account_id?, .change.before.account_id? | strings] | unique as $accounts
| ($declaredRows + $undeclaredRows | length) as $count
| (if ($d.errored // false) or ($u.errored // false) then "errored"
   elif $count + ($failed | length) > 0 then "drift"
   elif ($changes | length) + ($drift | length) + ($d.checks // [] | length) == 0 then "nothing"
   else "clean" end) as $verdict
| $verdict,
  (if $verdict == "clean" then "# RAM drift: none"
   else "# RAM drift: \($count) difference\(if $count == 1 then "" else "s" end), \($failed | length) failed check\(if ($failed | length) == 1 then "" else "s" end)" end),
  "",
  "\($changes | length) objects compared\(if $accounts == [] then "" else " in account " + ($accounts | join(", ")) end).",

  (if $declaredRows == [] then empty else
    "", "## Declared, and not so in the account",
    (if [$changes[] | select(.change.before)] != [] then empty else "", "The state is empty: nothing was applied from here yet, or this is the wrong backend or workspace." end),
    ($declaredRows | table("Wanted")),
    "", "To put back what is declared, after a look at the plan that it shows:",
    fenced("shell"; [command($declaredRows | targets)]),
    ([$declaredRows | lines("found"; $computed)] as $lines | if $lines == [] then empty else
      "", "Or, where what was found is right, write that into the configuration:", fenced("hcl"; $lines) end)
   end),

  (if $undeclaredRows == [] then empty else
    "", "## Not declared, and changed since the last apply",
    ($undeclaredRows | table("Last seen")),
    "", "No apply puts these back, because the configuration does not name them.",
    ([$undeclaredRows | lines("wanted"; $computed)] as $lines | if $lines == [] then empty else
      "", "To get back what was last seen, and have it watched from now on, declare it and apply:", fenced("hcl"; $lines) end),
    "", "To accept what was found, which changes the state and not the account:",
    fenced("shell"; [command(" -refresh-only" + ($undeclaredRows | targets))])
   end),

  (if $failed == [] then empty else
    "", "## Checks that do not hold", "", "| Check | | Says |", "|---|---|---|",
    ($failed[] | "| \(.name | code) | \(if .status == "error" then "cannot be evaluated" else "failed" end) | \(.messages | map(code) | join("<br>")) |")
   end),

  (if $open == [] and $outputs == [] then empty else
    "", "## Beside that", "",
    ($open[] | "* The check \(code) cannot be judged before an apply; it does not count."),
    ($outputs[] | "* The output \(code) would change; it does not count, since what it is made of does.")
   end)
