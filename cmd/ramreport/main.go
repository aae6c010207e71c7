// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

// Command ramreport converts the plans of Terraform or OpenTofu into reports about the
// security settings of one or many accounts.
//
// It reads files, and calls neither the CLI nor the service. The exit code is 0 if there is
// no finding, 2 if there is one, and 1 if the result is unknown.
package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/report"
)

const usage = `Usage:

  ramreport drift -declared FILE -undeclared FILE [flag...] [-- PLAN-ARGUMENT...]
  ramreport plan -plan FILE [flag...]
  ramreport fleet [-earlier FILE] [flag...] REPORT...
  ramreport accounts FILE [ACCOUNT]
  ramreport status REPORT...
  ramreport blame LOG
  ramreport schema

drift reads a plan and a refresh-only plan of one configuration, and plan reads one
plan, each as "terraform show -json" prints it. fleet reads the JSON reports of the
other two and makes one report. accounts prints the ids of a file of accounts, or the
name of one, status the id and the status of each account of JSON reports, blame the
accounts that the errors of a log are about, and schema the JSON Schema of the JSON
report.

Without an output flag, Markdown goes to standard output. Flags:
`

func main() {
	code, err := run(os.Args[1:], os.Environ(), time.Now(), os.Stdout, os.Stderr)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "ramreport: "+err.Error())
	}
	os.Exit(code)
}

// run runs one command and returns the exit code.
func run(arguments, environment []string, now time.Time, out, log io.Writer) (int, error) {
	if len(arguments) == 0 {
		return 1, errors.New("no command\n\n" + usage) //nolint:staticcheck // the usage is printed as it is
	}
	switch command, rest := arguments[0], arguments[1:]; command {
	case "drift", "plan":
		return one(report.Kind(command), rest, environment, now, out, log)
	case "fleet":
		return fleet(rest, now, out)
	case "accounts":
		return accounts(rest, out)
	case "status":
		return status(rest, out)
	case "blame":
		return blame(rest, out)
	case "schema":
		_, err := out.Write(report.Schema)
		return exitCode(0, err), err
	default:
		return 1, fmt.Errorf("no command %q\n\n%s", command, usage)
	}
}

func exitCode(code int, err error) int {
	if err != nil {
		return 1
	}
	return code
}

// list is a flag that can be given several times.
type list []string

func (l *list) String() string { return strings.Join(*l, " ") }

// Set adds a value.
func (l *list) Set(s string) error {
	*l = append(*l, s)
	return nil
}

// outputs are the files to which a report is written.
type outputs struct {
	title, markdown, html, json, junit, sarif string
}

func (o *outputs) flags(f *flag.FlagSet, title string) {
	f.StringVar(&o.title, "title", title, "the title of the report")
	f.StringVar(&o.markdown, "markdown", "", "write Markdown to `FILE`")
	f.StringVar(&o.html, "html", "", "write one HTML page to `FILE`")
	f.StringVar(&o.json, "json", "", "write JSON to `FILE`")
	f.StringVar(&o.junit, "junit", "", "write JUnit XML to `FILE`")
	f.StringVar(&o.sarif, "sarif", "", "write SARIF to `FILE`")
}

func (o *outputs) write(r report.Report, out io.Writer) (int, error) {
	none := true
	for _, to := range []struct {
		file  string
		write func(io.Writer) error
	}{
		{o.markdown, r.WriteMarkdown}, {o.html, r.WriteHTML}, {o.json, r.WriteJSON}, {o.junit, r.WriteJUnit}, {o.sarif, r.WriteSARIF},
	} {
		if to.file == "" {
			continue
		}
		none = false
		if err := whole(to.file, to.write); err != nil {
			return 1, err
		}
	}
	if none {
		if err := r.WriteMarkdown(out); err != nil {
			return 1, err
		}
	}
	return r.ExitCode(), nil
}

// whole writes a file that appears only when it is complete. It writes into a device or a
// pipe, such as /dev/null, because a rename would replace it.
func whole(file string, write func(io.Writer) error) error {
	if present, err := os.Stat(file); err == nil && !present.Mode().IsRegular() {
		return direct(file, write)
	}
	part, err := os.CreateTemp(filepath.Dir(file), ".ramreport-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(part.Name()) }() // a renamed file no longer exists here
	err = write(part)
	if closed := part.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return os.Rename(part.Name(), file)
}

func direct(file string, write func(io.Writer) error) error {
	f, err := os.OpenFile(file, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	err = write(f)
	if closed := f.Close(); err == nil {
		err = closed
	}
	return err
}

func flagSet(name string, out io.Writer) *flag.FlagSet {
	f := flag.NewFlagSet("ramreport "+name, flag.ContinueOnError)
	f.SetOutput(out)
	f.Usage = func() {
		fmt.Fprint(out, usage)
		f.PrintDefaults()
	}
	return f
}

// one reports on one run of a CLI.
func one(kind report.Kind, arguments, environment []string, now time.Time, out, log io.Writer) (int, error) {
	f := flagSet(string(kind), out)
	var o outputs
	var logs, shown list
	r := report.Run{Kind: kind, Command: report.Command{Shell: report.POSIX, Environment: map[string]string{}}}
	if runtime.GOOS == "windows" {
		r.Command.Shell = report.PowerShell
	}
	title := "RAM drift"
	declared, undeclared := new(string), new(string)
	if kind == report.Plan {
		title = "RAM plan"
		f.StringVar(declared, "plan", "", "the JSON of the plan is in `FILE`")
	} else {
		f.StringVar(declared, "declared", "", "the JSON of the plan is in `FILE`")
		f.StringVar(undeclared, "undeclared", "", "the JSON of the refresh-only plan is in `FILE`")
	}
	o.flags(f, title)
	f.Var(&logs, "log", "what plan -json printed is in `FILE`; can be given several times")
	f.Var(&shown, "shown", "leave out the warnings of the log in `FILE`, which an earlier report has")
	f.StringVar(&r.ID, "account", "", "the `ID` of the account, as far as it is known without a plan")
	f.StringVar(&r.Name, "name", "", "the `NAME` of the account")
	f.StringVar((*string)(&r.Status), "status", "", "the `STATUS` of a run without a plan: failed, interrupted or not_run")
	f.StringVar(&r.Reason, "reason", "", "`WORDS` for the status")
	f.StringVar(&r.Source.Directory, "chdir", ".", "the `DIRECTORY` of the configuration")
	f.StringVar(&r.Source.Workspace, "workspace", "", "the `NAME` of the workspace")
	f.StringVar(&r.Source.Commit, "commit", "", "the `ID` of the commit")
	f.StringVar(&r.Source.Run, "run", "", "the https `ADDRESS` of the CI job")
	f.StringVar(&r.Command.Program, "cli", "terraform", "the `PROGRAM` of the commands in the report")
	f.StringVar((*string)(&r.Command.Shell), "shell", string(r.Command.Shell), "the `SHELL` of the commands in the report: sh or powershell")
	if err := f.Parse(arguments); err != nil {
		return 1, err
	}
	if r.Command.Shell != report.POSIX && r.Command.Shell != report.PowerShell {
		return 1, fmt.Errorf("-shell is sh or powershell, not %q", r.Command.Shell)
	}
	if r.Status != "" && (!slices.Contains(report.Statuses(), r.Status) || r.Status.Known()) {
		return 1, fmt.Errorf("-status is failed, interrupted or not_run, not %q", r.Status)
	}
	var err error
	read := func(file string) (content []byte) {
		if file == "" || err != nil {
			return nil
		}
		content, err = os.ReadFile(file)
		return content
	}
	r.Declared, r.Undeclared = read(*declared), read(*undeclared)
	for _, log := range logs {
		r.Logs = append(r.Logs, read(log))
	}
	for _, log := range shown {
		r.Shown = append(r.Shown, read(log))
	}
	if err != nil {
		return 1, err
	}
	r.Source.Time = now.UTC().Format(time.RFC3339)
	r.Places = report.Places(os.DirFS(r.Source.Directory))
	r.Command.Workspace, r.Command.Arguments = r.Source.Workspace, f.Args()
	if err := command(&r.Command, r.Source.Directory, environment); err != nil {
		return 1, err
	}
	found, err := r.Accounts()
	if err != nil {
		return 1, err
	}
	for _, a := range found {
		a.WriteErrors(log)
	}
	return o.write(report.New(kind, o.title, now, found), out)
}

// command completes the command that the report shows. In CI the directory is relative to
// the root of the repository. Elsewhere it is absolute, so that the command works in any
// directory.
func command(c *report.Command, directory string, environment []string) error {
	ci := false
	for _, pair := range environment {
		name, value, _ := strings.Cut(pair, "=")
		switch {
		case name == "CI" && value != "":
			ci = true
		case name == "TF_DATA_DIR" || name == "ALIBABA_CLOUD_PROFILE" || strings.HasPrefix(name, "TF_VAR_"):
			c.Environment[name] = value
		}
	}
	c.Directory = directory
	if ci {
		return nil
	}
	absolute, err := filepath.Abs(directory)
	c.Directory = absolute
	return err
}

// fleet combines several reports into one.
func fleet(arguments []string, now time.Time, out io.Writer) (int, error) {
	f := flagSet("fleet", out)
	var o outputs
	o.flags(f, "RAM fleet")
	earlier := f.String("earlier", "", "compare with the JSON report in `FILE`")
	only := f.String("account", "", "leave out all accounts but the one with this `ID`")
	if err := f.Parse(arguments); err != nil {
		return 1, err
	}
	if f.NArg() == 0 {
		return 1, errors.New("fleet needs the JSON reports of the accounts")
	}
	kind, all := report.Kind(""), []report.Account{}
	for _, file := range f.Args() {
		r, err := read(file)
		if err != nil {
			return 1, err
		}
		if kind != "" && r.Kind != kind {
			return 1, fmt.Errorf("%s is about %s, and the reports before it about %s", file, r.Kind, kind)
		}
		kind = r.Kind
		all = append(all, r.Accounts...)
	}
	if *only != "" {
		all = slices.DeleteFunc(all, func(a report.Account) bool { return cmp.Or(a.ID, "unknown") != *only })
	}
	made := report.New(kind, o.title, now, all)
	if *earlier != "" {
		before, err := read(*earlier)
		if err != nil {
			return 1, err
		}
		made.Compare(before)
	}
	return o.write(made, out)
}

// status prints the id and the status of each account.
func status(files []string, out io.Writer) (int, error) {
	for _, file := range files {
		r, err := read(file)
		if err != nil {
			return 1, err
		}
		for _, a := range r.Accounts {
			if a.ID != "" && !accountID.MatchString(a.ID) {
				return 1, fmt.Errorf("%s: %q is no account id", file, a.ID)
			}
			fmt.Fprintln(out, cmp.Or(a.ID, "unknown"), a.Status)
		}
	}
	return 0, nil
}

func read(file string) (report.Report, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return report.Report{}, err
	}
	r, err := report.ReadJSON(content)
	if err != nil {
		return report.Report{}, fmt.Errorf("%s: %w", file, err)
	}
	return r, nil
}
