// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	markdownhtml "github.com/yuin/goldmark/renderer/html"
	"golang.org/x/net/html"
)

type m = map[string]any

// hostile are texts that an account can contain, and that must remain text.
var hostile = map[string]string{
	"a link":             "[click](https://evil.example/a)",
	"an image":           "![x](https://evil.example/b.png)",
	"a reference":        "[x][y]\n\n[y]: https://evil.example/c",
	"a bare address":     "https://evil.example/d www.evil.example evil@evil.example",
	"a mention":          "@everyone #1 GH-2",
	"HTML":               `<img src=x onerror="alert(1)"><script>alert(2)</script><a href="https://evil.example/e">e</a>`,
	"the end of a tag":   `</code></pre></td></table></details><h1>title</h1>`,
	"an entity":          "&lt;b&gt; &#91;x&#93;(https://evil.example/f)",
	"the end of a span":  "``` ` `` </code>",
	"the end of a cell":  `a | b \| c \\| d`,
	"a fence":            "\n```\n# title\n````\n~~~\n",
	"an HCL template":    `${file("/etc/passwd")} %{ if true }x%{ endif }`,
	"a shell":            "'; touch /tmp/owned; $(touch /tmp/owned) `touch /tmp/owned` #",
	"ANSI":               "\x1b[31mred\x1b[0m\x1b]8;;https://evil.example\x07x\x1b]8;;\x07 \u009b31m",
	"a right-to-left":    "user\u202egnp.exe\u202c \u2066x\u2069 \u200b\ufeff",
	"a tag character":    "a\U000e0041b",
	"the end of a CDATA": "]]> <!-- --> <![CDATA[",
	"a line break":       "one\ntwo\r\nthree\u2028four\x00five",
	"a template":         "{{.}} {{define \"x\"}}",
	"a SARIF link":       "[x](1) and [y](https://evil.example/g)",
	"a javascript link":  "javascript:alert(3)",
}

// hostilePlan returns a plan that contains a text wherever an account, a key of for_each or
// an error can contain it.
func hostilePlan(text string) (declared, undeclared, log []byte) {
	key := hclString(text)
	address := "ram_user.x[" + key + "]"
	change := func(before, after m) m {
		return m{"actions": []string{"update"}, "before": before, "after": after, "before_sensitive": m{}, "after_sensitive": m{}, "after_unknown": m{}}
	}
	live := m{"account_id": "1234567890123456", "comments": text, "tags": m{text: text}, "list": []string{text}, text: text}
	last := m{"account_id": "1234567890123456", "comments": "x", "tags": m{}, "list": []string{}, text: "x"}
	resource := func(c m) []any {
		return []any{m{"address": address, "mode": "managed", "type": "ram_user", "name": "x", "change": c}}
	}
	checks := []any{m{"address": m{"kind": "check", "to_display": "check.x"}, "status": "fail", "instances": []any{m{"status": "fail", "problems": []any{m{"message": text}}}}}}
	control := m{"id": "1.4", "title": text, "status": "failed", "wanted": text, "found": text, "who": []string{text}, "note": text, "attribute": text}
	outputs := m{"controls": m{"value": []any{control, m{"id": text, "title": "x", "status": "failed", "reason": text, "wanted": "", "found": text}}}}
	encode := func(v any) []byte {
		content, err := json.Marshal(v)
		if err != nil {
			panic(err)
		}
		return content
	}
	declared = encode(m{"format_version": "1.2", "resource_changes": resource(change(live, last)), "checks": checks, "output_changes": m{text: m{"actions": []string{"update"}}}})
	undeclared = encode(m{"format_version": "1.2", "resource_drift": resource(change(last, live)), "planned_values": m{"outputs": outputs}})
	for _, severity := range []string{"warning"} {
		log = append(log, encode(m{"@level": "warn", "diagnostic": m{"severity": severity, "summary": text, "detail": text, "address": address, "range": m{"filename": text, "start": m{"line": 3}}}})...)
		log = append(log, '\n')
	}
	return declared, undeclared, log
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// hostileReports returns a report with a hostile text: one account that was compared, and
// one that was not.
func hostileReports(t *testing.T, kind Kind, text string) Report {
	t.Helper()
	declared, undeclared, log := hostilePlan(text)
	run := Run{
		Kind: kind, Declared: declared, Undeclared: undeclared, Logs: [][]byte{log}, ID: "1234567890123456", Name: text,
		Source:  Source{Directory: text, Workspace: text, Commit: text, Run: text},
		Command: Command{Program: "terraform", Directory: text, Workspace: text, Arguments: []string{"-var=a=" + text, "-var-file", text}, Shell: POSIX},
	}
	accounts, err := run.Accounts()
	must(t, err)
	failed := Run{Kind: kind, Logs: [][]byte{bytes.ReplaceAll(log, []byte(`"severity":"warning"`), []byte(`"severity":"error"`))}, Name: text, Reason: text}
	more, err := failed.Accounts()
	must(t, err)
	r := New(kind, "RAM drift", time.Unix(0, 0), append(accounts, more...))
	r.Compare(New(kind, "before", time.Unix(0, 0), []Account{{ID: text}}))
	return r
}

// render returns a report in every format.
func render(t *testing.T, r Report) map[string]string {
	t.Helper()
	out := map[string]string{}
	for name, write := range map[string]func(*bytes.Buffer) error{
		"markdown": func(b *bytes.Buffer) error { return r.WriteMarkdown(b) }, "html": func(b *bytes.Buffer) error { return r.WriteHTML(b) },
		"json": func(b *bytes.Buffer) error { return r.WriteJSON(b) }, "junit": func(b *bytes.Buffer) error { return r.WriteJUnit(b) }, "sarif": func(b *bytes.Buffer) error { return r.WriteSARIF(b) },
	} {
		var b bytes.Buffer
		must(t, write(&b))
		out[name] = b.String()
	}
	return out
}

// ours matches the links that a report itself contains.
var ours = regexp.MustCompile(`^(#[a-zA-Z0-9-]*|` + regexp.QuoteMeta(trailURL) + `)$`)

// inert fails the test if the HTML contains an element, an attribute or a link that no
// report has.
func inert(t *testing.T, text string, elements, attributes []string) {
	t.Helper()
	tokens := html.NewTokenizer(strings.NewReader(text))
	for {
		switch tokens.Next() { //nolint:exhaustive // the other tokens are inert
		case html.ErrorToken:
			return
		case html.StartTagToken, html.SelfClosingTagToken:
			token := tokens.Token()
			if !slices.Contains(elements, token.Data) {
				t.Errorf("unexpected element %s", token)
			}
			for _, a := range token.Attr {
				if !slices.Contains(attributes, a.Key) || a.Key == "href" && !ours.MatchString(a.Val) {
					t.Errorf("unexpected attribute %s in %s", a.Key, token)
				}
			}
		}
	}
}

// Text of an account remains text in Markdown. It is rendered by goldmark with the
// extensions of GitHub (raw HTML, tables, links from bare addresses), and by cmark-gfm if
// that is installed.
func TestReport_hostileMarkdown(t *testing.T) {
	t.Parallel()
	elements := []string{"h1", "h2", "h3", "p", "table", "thead", "tbody", "tr", "th", "td", "code", "pre", "ul", "li", "a", "br", "strong", "html", "body"}
	renderers := map[string]func(string) string{"goldmark": func(text string) string {
		var b bytes.Buffer
		must(t, goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(markdownhtml.WithUnsafe())).Convert([]byte(text), &b))
		return b.String()
	}}
	if cmark, err := exec.LookPath("cmark-gfm"); err == nil {
		renderers["cmark-gfm"] = func(text string) string {
			cmd := exec.CommandContext(t.Context(), cmark, "--unsafe", "-e", "table", "-e", "autolink", "-e", "strikethrough", "-e", "tasklist")
			cmd.Stdin = strings.NewReader(text)
			out, err := cmd.Output()
			must(t, err)
			return string(out)
		}
	} else {
		t.Log("cmark-gfm is not on this machine")
	}
	for name, text := range hostile { //nolint:paralleltest // one process at a time
		for _, kind := range []Kind{Drift, Plan} {
			markdown := render(t, hostileReports(t, kind, text))["markdown"]
			for renderer, renders := range renderers {
				t.Run(name+" by "+renderer, func(t *testing.T) {
					page := renders(markdown)
					inert(t, page, elements, []string{"href", "align", "style", "class", "lang"})
					// Each row has as many cells as the header, so the text did not end a
					// cell.
					for _, table := range strings.Split(page, "<table>")[1:] {
						table, _, _ = strings.Cut(table, "</table>")
						columns := strings.Count(table, "<th")
						columns -= strings.Count(table, "<thead")
						rows := strings.Count(table, "<tr") - 1
						if got := strings.Count(table, "<td"); got != rows*columns {
							t.Errorf("%d cells in %d rows of %d columns:\n%s", got, rows, columns, table)
						}
					}
				})
			}
			if t.Failed() {
				t.Fatal(markdown)
			}
		}
	}
}

func TestReport_hostileHTML(t *testing.T) {
	t.Parallel()
	clean := render(t, hostileReports(t, Drift, "x"))["html"]
	for name, text := range hostile {
		for _, kind := range []Kind{Drift, Plan} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				page := render(t, hostileReports(t, kind, text))["html"]
				inert(t, page, []string{
					"html", "head", "meta", "title", "style", "body", "a", "header", "h1", "h2", "h3", "h4", "p", "nav", "main", "ul", "li", "b", "table", "thead", "tbody", "tr", "th", "td",
					"code", "pre", "span", "article",
				}, []string{"lang", "charset", "http-equiv", "content", "name", "href", "class", "id", "aria-label", "title", "scope"})
				if kind == Drift {
					if got, want := strings.Count(page, "<article"), strings.Count(clean, "<article"); got != want {
						t.Errorf("%d articles, want %d", got, want)
					}
				}
			})
		}
	}
}

// No format contains a character that a terminal or an editor interprets.
func TestReport_hostileCharacters(t *testing.T) {
	t.Parallel()
	for name, text := range hostile {
		for format, content := range render(t, hostileReports(t, Drift, text)) {
			for _, r := range content {
				if r != '\n' && r != visibleRune(r) {
					t.Errorf("%s in %s: %q", name, format, r)
					break
				}
			}
		}
	}
}

func visibleRune(r rune) rune {
	if visible(string(r)) == string(r) {
		return r
	}
	return -1
}

// The lines of a report are HCL with the found values, the commands do only what they are
// for, and neither executes text of an account.
func TestReport_hostileCommands(t *testing.T) {
	t.Parallel()
	for name, text := range hostile {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			directory := t.TempDir()
			argumentsOf := "#!/bin/sh\nprintf '%s\\0' \"$TF_WORKSPACE\" \"$@\" >\"" + directory + "/arguments\"\n"
			must(t, os.WriteFile(filepath.Join(directory, "terraform"), []byte(argumentsOf), 0o700))
			r := hostileReports(t, Drift, text)
			account := r.Accounts[slices.IndexFunc(r.Accounts, func(a Account) bool { return a.Status.Known() })]
			if text != visible(text) {
				if account.Repair != "" {
					t.Fatalf("a command whose directory cannot be shown: %q", account.Repair)
				}
				return
			}
			cmd := exec.CommandContext(t.Context(), "sh", "-c", account.Repair)
			cmd.Dir, cmd.Env = directory, []string{"PATH=" + directory + ":/usr/bin:/bin"}
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v: %s\n%s", err, out, account.Repair)
			}
			got, err := os.ReadFile(filepath.Join(directory, "arguments"))
			must(t, err)
			want := strings.Join([]string{text, "-chdir=" + text, "apply", "-var=a=" + text, "-var-file=" + text, "-target=ram_user.x[" + hclString(text) + "]", ""}, "\x00")
			if string(got) != want {
				t.Errorf("got  %q\nwant %q", got, want)
			}
		})
	}
	if _, err := os.Stat("/tmp/owned"); err == nil {
		t.Fatal("a text was executed")
	}
}

// The JSON conforms to its schema for every text, and is equal when it is read back.
func TestReport_schema(t *testing.T) {
	t.Parallel()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema))
	must(t, err)
	compiler := jsonschema.NewCompiler()
	must(t, compiler.AddResource("schema.json", document))
	schema, err := compiler.Compile("schema.json")
	must(t, err)
	for name, text := range hostile {
		r := hostileReports(t, Drift, text)
		content := render(t, r)["json"]
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(content))
		must(t, err)
		if err := schema.Validate(value); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		again, err := ReadJSON([]byte(content))
		must(t, err)
		if render(t, again)["json"] != content {
			t.Errorf("%s: the report differs after reading it back", name)
		}
	}
	if err := schema.Validate(m{"version": 1}); err == nil {
		t.Error("the schema accepts an invalid report")
	}
}

// A trend is counted only from a report of the same version.
func TestReadJSON_refusesAnotherVersion(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]string{
		fmt.Sprintf(`{"version": %d}`, Version):   "<nil>",
		fmt.Sprintf(`{"version": %d}`, Version+1): fmt.Sprintf("it is a report of version %d, and this program reads version %d", Version+1, Version),
		`{}`: fmt.Sprintf("it is a report of version 0, and this program reads version %d", Version),
		`[`:  "it is no JSON report: unexpected end of JSON input",
	} {
		if _, err := ReadJSON([]byte(content)); fmt.Sprint(err) != want {
			t.Errorf("%s: %v", content, err)
		}
	}
}

// JUnit and SARIF contain the numbers, levels and places that CI systems read.
func TestReport_machineFormats(t *testing.T) {
	t.Parallel()
	for name, text := range hostile {
		out := render(t, hostileReports(t, Drift, text))
		var suites junitSuites
		must(t, xml.Unmarshal([]byte(out["junit"]), &suites))
		if len(suites.Suites) != 2 || suites.Errors != 1 || suites.Failures < 5 {
			t.Errorf("%s: %d suites, %d errors, %d failures", name, len(suites.Suites), suites.Errors, suites.Failures)
		}
		var log sarifLog
		must(t, json.Unmarshal([]byte(out["sarif"]), &log))
		run := log.Runs[0]
		if log.Version != "2.1.0" || run.Invocations[0].Successful || len(run.Invocations[0].Notifications) != 1 {
			t.Errorf("%s: %+v", name, run.Invocations)
		}
		for _, result := range run.Results {
			if run.Tool.Driver.Rules[result.RuleIndex].ID != result.RuleID || result.Locations[0].Physical.Region.StartLine < 1 || result.Fingerprints["ramreport/v1"] == "" {
				t.Errorf("%s: %+v", name, result)
			}
			for _, bracket := range regexp.MustCompile(`(\\*)[\[\]]`).FindAllStringSubmatch(result.Message.Text, -1) {
				if len(bracket[1])%2 == 0 {
					t.Errorf("%s: a link in %q", name, result.Message.Text)
				}
			}
		}
	}
}

// A warning about an object is a failure of a pipeline, and one about the whole run is not.
func TestReport_junitWarnings(t *testing.T) {
	t.Parallel()
	a := Account{ID: "1", Status: Clean, Warnings: []Notice{{Address: "ram_user.a", Summary: "2 undeclared keys"}, {Summary: "Deprecated"}}}
	var suites junitSuites
	must(t, xml.Unmarshal([]byte(render(t, New(Drift, "x", time.Unix(0, 0), []Account{a}))["junit"]), &suites))
	if suites.Failures != 1 || suites.Skipped != 1 {
		t.Errorf("%d failures, %d skipped", suites.Failures, suites.Skipped)
	}
}

// A command shows no sensitive value. A file is no variable, whatever its name.
func TestCommand_sensitiveVariables(t *testing.T) {
	t.Parallel()
	c := Command{Program: "terraform", Arguments: []string{"-var=token=canary", "-var=size=2", "-var-file=token=a.tfvars"}, Shell: POSIX}
	got, err := c.apply("1", map[string]bool{"token": true, "size": false})
	must(t, err)
	if strings.Contains(got, "canary") || !strings.Contains(got, "-var=token=") || !strings.Contains(got, "size=2") || !strings.Contains(got, "token=a.tfvars") {
		t.Error(got)
	}
}

// planJSON returns a plan in JSON.
func planJSON(t *testing.T, content m) []byte {
	t.Helper()
	content["format_version"] = "1.2"
	b, err := json.Marshal(content)
	must(t, err)
	return b
}

func updated(kind, name, id string, before, after m) m {
	before["account_id"], after["account_id"] = id, id
	return m{"address": kind + "." + name, "mode": "managed", "type": kind, "name": name, "change": m{"actions": []string{"update"}, "before": before, "after": after}}
}

// The worst comes first: a weaker value before a stronger one, and an open network before
// everything else.
func TestReport_order(t *testing.T) {
	t.Parallel()
	const id = "1234567890123456"
	wanted := m{"login_session_duration": 6, "login_network_masks": []string{"203.0.113.0/24"}, "max_idle_days_for_users": 90, "allow_user_to_change_password": true}
	found := m{"login_session_duration": 4, "login_network_masks": []string{"203.0.113.0/24", "0.0.0.0/0"}, "max_idle_days_for_users": 365, "allow_user_to_change_password": false}
	accounts, err := Run{
		Kind: Drift, Undeclared: planJSON(t, m{}), Declared: planJSON(t, m{"resource_changes": []any{updated("ram_security_preference", "this", id, found, wanted)}}),
		Places: map[string]string{"ram_security_preference.this": "main.tf:7"},
	}.Accounts()
	must(t, err)
	r := New(Drift, "x", time.Unix(0, 0), accounts)
	got := []string{}
	for _, d := range r.Accounts[0].Differences {
		got = append(got, fmt.Sprintf("%s %s %s %s", d.Attribute, d.Severity, d.Direction, d.Place))
	}
	want := []string{
		"login_network_masks critical weaker main.tf:7", "max_idle_days_for_users medium weaker main.tf:7",
		"allow_user_to_change_password low other main.tf:7", "login_session_duration low stronger main.tf:7",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if r.Headline() != "x: 4 differences (2 weaker), 0 failed checks" {
		t.Error(r.Headline())
	}
}

// The plan of an audit contains data sources only. It becomes a report of the account that
// they read.
func TestReport_accountOfDataSources(t *testing.T) {
	t.Parallel()
	for want, ids := range map[string][]string{"1234567890123456": {"1234567890123456", "1234567890123456"}, "": {"1234567890123456", "2234567890123456"}} {
		read := []any{}
		for _, id := range ids {
			read = append(read, m{"address": "module.a.data.ram_password_policy.this", "mode": "data", "type": "ram_password_policy", "name": "this", "provider_name": "ram", "schema_version": 0, "values": m{"account_id": id}})
		}
		state := m{"format_version": "1.0", "values": m{"root_module": m{"child_modules": []any{m{"address": "module.a", "resources": read}}}}}
		outputs := m{"controls": m{"value": []any{m{"id": "1.1", "title": "x", "status": "passed"}}}}
		accounts, err := Run{Kind: Plan, Declared: planJSON(t, m{"prior_state": state, "planned_values": m{"outputs": outputs}})}.Accounts()
		must(t, err)
		if len(accounts) != 1 || accounts[0].ID != want || len(accounts[0].Controls) != 1 {
			t.Errorf("%v: %+v", ids, accounts)
		}
	}
}

// An open list stays open, whether it is empty or contains a network of every address.
func TestReport_openNetworkIsNotStronger(t *testing.T) {
	t.Parallel()
	for _, one := range []struct {
		before, after []any
		want          Direction
	}{
		{[]any{}, []any{"0.0.0.0/0"}, Other},
		{[]any{}, []any{"203.0.113.0/24"}, Stronger},
		{[]any{"203.0.113.0/24"}, []any{"0.0.0.0/0"}, Weaker},
	} {
		d := Difference{Type: "ram_security_preference", Attribute: "login_network_masks"}
		d.assess(one.before, one.after)
		if d.Direction != one.want || one.want == Other && d.Severity != High {
			t.Errorf("%v to %v: %s, %s", one.before, one.after, d.Direction, d.Severity)
		}
	}
}

// The status of an account that was not compared depends on codes of the service, not on
// texts of the provider.
func TestReport_statuses(t *testing.T) {
	t.Parallel()
	log := func(severity, summary, detail, address string) []byte {
		return planJSON(t, m{"@level": severity, "diagnostic": m{"severity": severity, "summary": summary, "detail": detail, "address": address}})
	}
	const id = "1234567890123456"
	created := m{"resource_changes": []any{m{"address": "ram_user.a", "mode": "managed", "type": "ram_user", "change": m{"actions": []string{"create"}, "after": m{"account_id": id}}}}}
	quiet := m{"resource_changes": []any{m{"address": "ram_user.a", "mode": "managed", "type": "ram_user", "change": m{"actions": []string{"no-op"}, "before": m{"account_id": id}, "after": m{"account_id": id}}}}}
	for name, one := range map[string]struct {
		run    Run
		status Status
		code   int
	}{
		"no role":                     {Run{Logs: [][]byte{log("error", "Cannot assume the role", "AssumeRole: EntityNotExist.Role", "")}}, NoAccess, 1},
		"a role that trusts another":  {Run{Logs: [][]byte{log("error", "Cannot assume the role", "AssumeRole failed: NoPermission", "")}}, NoAccess, 1},
		"another permission":          {Run{Logs: [][]byte{log("error", "Cannot read the user", "ListUsers: NoPermission", "")}}, Failed, 1},
		"no log":                      {Run{}, Failed, 1},
		"interrupted":                 {Run{Status: Interrupted, Logs: [][]byte{log("error", "x", "", "")}}, Interrupted, 1},
		"nothing":                     {Run{Declared: planJSON(t, m{}), Undeclared: planJSON(t, m{})}, Failed, 1},
		"never applied":               {Run{Declared: planJSON(t, created), Undeclared: planJSON(t, m{})}, NeverApplied, 2},
		"errored":                     {Run{Declared: planJSON(t, m{"errored": true, "resource_changes": quiet["resource_changes"]}), Undeclared: planJSON(t, m{})}, Failed, 1},
		"clean":                       {Run{Declared: planJSON(t, quiet), Undeclared: planJSON(t, m{})}, Clean, 0},
		"a warning of the CLI":        {Run{Declared: planJSON(t, quiet), Undeclared: planJSON(t, m{}), Logs: [][]byte{log("warning", "Deprecated", "", "")}}, Clean, 0},
		"a warning about an object":   {Run{Declared: planJSON(t, quiet), Undeclared: planJSON(t, m{}), Logs: [][]byte{log("warning", "2 undeclared keys", "", "ram_user.a")}}, Failing, 2},
		"a check of the refresh-only": {Run{Declared: planJSON(t, quiet), Undeclared: planJSON(t, m{"checks": []any{m{"address": m{"to_display": "check.a"}, "status": "fail"}}})}, Failing, 2},
	} {
		one.run.Kind = Drift
		accounts, err := one.run.Accounts()
		must(t, err)
		r := New(Drift, "x", time.Unix(0, 0), accounts)
		if len(accounts) != 1 || r.Accounts[0].Status != one.status || r.ExitCode() != one.code {
			t.Errorf("%s: %s (%s), code %d", name, r.Accounts[0].Status, r.Accounts[0].Reason, r.ExitCode())
		}
	}
}

// One plan of many accounts becomes a report of each account.
func TestReport_oneRunForAll(t *testing.T) {
	t.Parallel()
	changes := []any{}
	outputs := m{}
	for i := range 3 {
		id := fmt.Sprintf("21%014d", i)
		before := m{"minimum_password_length": 14}
		if i == 1 {
			before = m{"minimum_password_length": 8}
		}
		change := updated("ram_password_policy", "this", id, before, m{"minimum_password_length": 14})
		if i != 1 {
			change["change"].(m)["actions"] = []string{"no-op"}
		}
		change["module_address"] = `module.baseline["` + id + `"]`
		change["address"] = `module.baseline["` + id + `"].ram_password_policy.this`
		changes = append(changes, change)
		outputs[id] = []any{m{"id": "1.11", "title": "x", "status": "passed"}}
	}
	log := planJSON(t, m{"@level": "error", "diagnostic": m{"severity": "error", "summary": "Cannot", "detail": "EntityNotExist.Role", "address": `module.baseline["2100000000000009"].ram_password_policy.this`}})
	whole := planJSON(t, m{"@level": "warn", "diagnostic": m{"severity": "warning", "summary": "Resource targeting is in effect", "detail": "It is."}})
	accounts, err := Run{
		Kind: Drift, Undeclared: planJSON(t, m{}), Logs: [][]byte{log, whole},
		Declared: planJSON(t, m{"resource_changes": changes, "planned_values": m{"outputs": m{"controls": m{"value": outputs}}}, "checks": []any{
			// OpenTofu writes one address for all instances, and one check that was not
			// evaluated.
			m{"address": m{"to_display": "module.baseline.check.x"}, "status": "fail", "instances": []any{
				m{"address": m{"to_display": `module.baseline["2100000000000001"].check.x`}, "status": "pass"},
				m{"address": m{"to_display": `module.baseline["2100000000000002"].check.x`}, "status": "fail"},
			}},
			m{"address": m{"to_display": "module.baseline.check.y"}, "status": "unknown"},
		}}),
	}.Accounts()
	must(t, err)
	got, warnings := map[string]Status{}, 0
	for _, a := range accounts {
		got[a.ID] = a.Status
		warnings += len(a.Warnings)
		if a.Status != NoAccess && len(a.Controls) != 1 {
			t.Errorf("%s has %d controls", a.ID, len(a.Controls))
		}
	}
	want := map[string]Status{"2100000000000000": Clean, "2100000000000001": Differs, "2100000000000002": Failing, "2100000000000009": NoAccess}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if warnings != 1 {
		t.Errorf("%d warnings, want the one about the whole run", warnings)
	}
	ids, err := AccountsOfErrors(log)
	must(t, err)
	if !slices.Equal(ids, []string{"2100000000000009"}) {
		t.Errorf("Blame returned %v", ids)
	}
}

// A plan that cannot be read is an error, never a report without differences.
func TestReport_unreadablePlan(t *testing.T) {
	t.Parallel()
	plan, broken := planJSON(t, m{}), []byte("{")
	for want, run := range map[string]Run{
		"the plan: ":              {Kind: Drift, Declared: broken, Undeclared: plan},
		"the refresh-only plan: ": {Kind: Drift, Declared: plan, Undeclared: broken},
	} {
		if accounts, err := run.Accounts(); err == nil || !strings.HasPrefix(err.Error(), want) || accounts != nil {
			t.Errorf("%s%v, %v", want, accounts, err)
		}
	}
}

// A run of all accounts is repeated without those that its errors are about, if each error is about one.
func TestAccountsOfErrors(t *testing.T) {
	t.Parallel()
	about := func(address string) string {
		return string(planJSON(t, m{"@level": "error", "diagnostic": m{"severity": "error", "summary": "Cannot read", "detail": "x", "address": address}})) + "\n"
	}
	second, first := about(`module.baseline["2100000000000002"].ram_user.a`), about(`module.baseline["2100000000000001"].ram_user.a`)
	for log, want := range map[string]string{
		second + first + second:     "[2100000000000001 2100000000000002] <nil>",
		first + about("ram_user.a"): "[] Cannot read: this error is about no account",
		"":                          "[] the log has no error",
	} {
		ids, err := AccountsOfErrors([]byte(log))
		if got := fmt.Sprint(ids, err); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// cisControls are controls of the CIS benchmark, for a realistic page.
var cisControls = []string{
	"1.1 The root account is not used", "1.2 The root account has no AccessKey", "1.3 The root account has MFA", "1.4 Every user with a password has MFA", "1.5 Users idle for 90 days cannot log on",
	"1.6 AccessKeys are rotated every 90 days", "1.7 Passwords contain an upper-case letter", "1.8 Passwords contain a lower-case letter", "1.9 Passwords contain a symbol", "1.10 Passwords contain a digit",
	"1.11 Passwords have 14 characters or more", "1.12 The last 5 passwords cannot be used again", "1.13 Passwords last 365 days or longer", "1.14 Five wrong passwords lock the logon", "1.15 No policy allows everything", "1.16 Policies are attached to groups and roles",
}

// fleetOf returns a report of many accounts with every kind of defect, and the number of
// each.
func fleetOf(size int) Report {
	accounts := []Account{}
	for i := range size {
		id := fmt.Sprintf("21%014d", i)
		a := Account{ID: id, Name: fmt.Sprintf("team-%d", i), Status: Clean, Objects: 3, Source: Source{Workspace: id, Time: "2026-11-28T03:00:00Z"}, Differences: []Difference{}, Checks: []Check{}, Warnings: []Notice{}, Errors: []Notice{}}
		for n, control := range cisControls {
			cid, title, _ := strings.Cut(control, " ")
			status := ControlPassed
			switch {
			case (i*7+n*13)%31 == 0:
				status = ControlFailed
			case (i+n)%29 == 0:
				status = ControlNotEvaluated
			case i%50 == 3 && n == 4:
				status = ControlAccepted
			}
			a.Controls = append(a.Controls, Control{ID: cid, Baseline: "cis-2.0.0", Title: title, Status: status, Severity: Severities()[n%4], Wanted: "true", Found: "false", Who: []string{"alice", "bob"}, Reason: map[bool]string{true: "until the migration ends"}[status == ControlAccepted]})
		}
		if a.controlTotals().Failed > 0 {
			a.Status = Failing
		}
		switch i % 40 {
		case 3:
			a.Status, a.Reason, a.Controls = NoAccess, "Cannot assume the role: the role cannot be assumed", nil
			a.Errors = []Notice{{Summary: "Cannot assume the role", Detail: "EntityNotExist.Role"}}
		case 9:
			a.Status, a.Reason, a.Controls = Failed, "Cannot read the password policy", nil
		case 14:
			a.Status = NeverApplied
		case 21, 22:
			d := Difference{Address: "ram_security_preference.this", Type: "ram_security_preference", Attribute: "login_network_masks", Declared: true, Wanted: `["203.0.113.0/24"]`, Found: `["0.0.0.0/0"]`, Line: `login_network_masks = ["0.0.0.0/0"]`}
			d.assess([]any{"203.0.113.0/24"}, []any{"0.0.0.0/0"})
			a.Status, a.Differences = Differs, []Difference{d}
			a.Repair = "# Account " + id + "\nenv TF_WORKSPACE='" + id + "' terraform -chdir='/srv/fleet/terraform' apply -target='ram_security_preference.this'"
		case 30:
			a.Status = Failing
			a.Warnings = []Notice{{Summary: "User deploy has an undeclared AccessKey", Address: "ram_user_credentials_exclusive.deploy", Detail: "LTAI5tExample was created 400 days ago."}}
		}
		accounts = append(accounts, a)
	}
	return New(Drift, "RAM fleet", time.Unix(1795834800, 0), accounts)
}

// The page, the Markdown and the JUnit file of 200 accounts show the planted numbers.
func TestReport_fleet(t *testing.T) {
	t.Parallel()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began := time.Now()
	r := fleetOf(200)
	out := render(t, r)
	runtime.ReadMemStats(&after)
	t.Logf("200 accounts in %v, %d MB allocated, a page of %d KB", time.Since(began).Round(time.Millisecond), (after.TotalAlloc-before.TotalAlloc)>>20, len(out["html"])>>10)
	planted := map[Status]int{NoAccess: 5, Failed: 5, NeverApplied: 5, Differs: 10}
	for status, n := range planted {
		if r.Totals.ByStatus[status] != n {
			t.Errorf("%d accounts are %s, want %d", r.Totals.ByStatus[status], status, n)
		}
		if row := fmt.Sprintf("| %s | %d |", status.Label(Drift), n); !strings.Contains(out["markdown"], row) {
			t.Errorf("the Markdown lacks %q", row)
		}
		if card := fmt.Sprintf("<b>%d</b>%s", n, status.Label(Drift)); !strings.Contains(out["html"], card) {
			t.Errorf("the page lacks %q", card)
		}
	}
	var suites junitSuites
	must(t, xml.Unmarshal([]byte(out["junit"]), &suites))
	if suites.Errors != 10 || len(suites.Suites) != 200 || suites.Failures != r.Totals.Differences+r.Totals.Controls.Failed+r.Totals.Warnings {
		t.Errorf("JUnit: %d errors, %d suites, %d failures", suites.Errors, len(suites.Suites), suites.Failures)
	}
	if got := strings.Count(out["html"], `<td class="c-failed">`); got != r.Totals.Controls.Failed {
		t.Errorf("%d cells of the heat map failed, want %d", got, r.Totals.Controls.Failed)
	}
	if n := len(out["markdown"]); n > 65_536 {
		t.Errorf("the Markdown has %d characters, more than a comment may have", n)
	}
	if !strings.Contains(out["markdown"], "left out here") {
		t.Error("the Markdown does not state that it is shortened")
	}
	if r.Accounts[0].Status != NoAccess || r.ExitCode() != 1 {
		t.Errorf("first is %s, code %d", r.Accounts[0].Status, r.ExitCode())
	}
}

// The trend counts new and resolved findings. It ignores accounts that one of the reports
// could not compare.
func TestReport_trend(t *testing.T) {
	t.Parallel()
	account := func(id string, status Status, checks ...string) Account {
		a := Account{ID: id, Status: status}
		for _, c := range checks {
			a.Checks = append(a.Checks, Check{Name: c, Status: "fail"})
		}
		return a
	}
	earlier := New(Drift, "x", time.Unix(0, 0), []Account{account("1", Failing, "a", "b"), account("2", Failed), account("3", Clean)})
	later := account("1", Failing, "b", "c")
	later.Warnings = []Notice{{Address: "ram_user.a", Summary: "2 undeclared keys"}, {Address: "ram_user.b", Summary: "2 undeclared keys"}, {Summary: "Deprecated"}} // the last is about the run
	r := New(Drift, "x", time.Unix(0, 0), []Account{later, account("2", Failing, "a"), account("4", Clean)})
	r.Compare(earlier)
	if r.Trend.New != 3 || r.Trend.Resolved != 1 || !slices.Equal(r.Trend.Joined, []string{"4"}) || !slices.Equal(r.Trend.Left, []string{"3"}) {
		t.Errorf("%+v", r.Trend)
	}
}

// An object as a whole is declared and gone, not managed, moved, imported, or no longer declared. What was deleted from the account is
// reported once: with the first plan if that creates it again, otherwise by the second one.
func TestReport_wholeObjects(t *testing.T) {
	t.Parallel()
	user := m{"account_id": "1234567890123456", "name": "a"}
	change := func(address string, before, after any, more m, actions ...string) m {
		r := m{"address": "ram_user." + address, "mode": "managed", "type": "ram_user", "name": address, "change": m{"actions": actions, "before": before, "after": after}}
		maps.Copy(r["change"].(m), more)
		return r
	}
	moved := change("moved", user, user, nil, "no-op")
	moved["previous_address"] = "ram_user.before"
	declared := planJSON(t, m{"resource_changes": []any{
		change("deleted", nil, user, nil, "create"), change("new", nil, user, nil, "create"), change("removed", user, nil, nil, "delete"),
		change("forgotten", user, nil, nil, "forget"), moved, change("imported", user, user, m{"importing": m{"id": "a"}}, "no-op"), change("replaced", user, user, nil, "delete", "create"),
	}})
	undeclared := planJSON(t, m{"resource_drift": []any{change("deleted", user, nil, nil, "delete"), change("undeclared", user, nil, nil, "delete")}})
	accounts, err := Run{Kind: Drift, Declared: declared, Undeclared: undeclared}.Accounts()
	must(t, err)
	got := []string{}
	for _, d := range accounts[0].Differences {
		got = append(got, fmt.Sprintf("%s %t %s%s, %s", strings.TrimPrefix(d.Address, "ram_user."), d.Declared, d.Attribute, d.Wanted, d.Found))
	}
	slices.Sort(got)
	want := []string{
		"deleted true in the account, gone", "forgotten true not declared, in the state", "imported true imported, not in the state",
		"moved true moved from ram_user.before, not moved yet", "new true managed from here, not in the state", "removed true not declared, in the state",
		"replaced true replaced by another one, as below", "undeclared false in the account, gone",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// Every order exists, and every list of values starts with the weakest.
func TestReport_orders(t *testing.T) {
	t.Parallel()
	for kind, known := range objectTypes {
		if severityOr(known.Severity, "") == "" {
			t.Errorf("%s has no severity", kind)
		}
		for name, a := range known.Attributes {
			if len(a.Weaker) == 1 && weakerBy[a.Weaker[0]] == nil {
				t.Errorf("%s.%s: unknown order %q", kind, name, a.Weaker[0])
			}
			if a.Severity != "" && a.Severity.rank() < 0 {
				t.Errorf("%s.%s: unknown severity %q", kind, name, a.Severity)
			}
		}
	}
}

// A control has the severity of its attribute, or else its own, and shows why it is not
// evaluated.
func TestReport_controlSeverityAndNote(t *testing.T) {
	t.Parallel()
	outputs := []any{
		m{"id": "8.1.4.1d", "title": "MFA", "status": "failed", "attribute": "security_preference.mfa_operation_for_login", "wanted": "x", "found": "y"},
		m{"id": "1.2", "title": "No key", "status": "failed", "attribute": "", "wanted": "[]", "found": "[]"},
		m{"id": "1.16", "title": "Groups", "status": "not_evaluated", "attribute": "", "wanted": "[]", "found": "null", "note": "settings.user_access is not given."},
		m{"id": "9.9", "title": "Other", "status": "passed", "wanted": "x", "found": "x"},
	}
	accounts, err := Run{Kind: Plan, Declared: planJSON(t, m{"planned_values": m{"outputs": m{"controls": m{"value": outputs}}}})}.Accounts()
	must(t, err)
	got := map[string]Severity{}
	for _, c := range accounts[0].Controls {
		got[c.ID] = c.Severity
	}
	if want := (map[string]Severity{"8.1.4.1d": Critical, "1.2": Critical, "1.16": Low, "9.9": Medium}); !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	r := New(Plan, "x", time.Now(), accounts)
	var page, text bytes.Buffer
	must(t, r.WriteHTML(&page))
	must(t, r.WriteMarkdown(&text))
	for _, out := range []string{page.String(), text.String()} {
		if !strings.Contains(out, "settings.user_access is not given.") {
			t.Errorf("the note is missing:\n%s", out)
		}
	}
}
