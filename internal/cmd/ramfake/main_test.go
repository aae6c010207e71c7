// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// process is the running program.
type process struct {
	t *testing.T
	ready
	stop func() error
}

func launch(t *testing.T, args ...string) *process {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := run(ctx, append([]string{"-listen", "127.0.0.1:0"}, args...), in, io.Discard)
		_ = in.CloseWithError(errors.Join(err, io.EOF)) // a pipe closes
		ended <- err
	}()
	p := &process{t: t, stop: func() error { cancel(); return <-ended }}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		t.Fatalf("it did not start: %s", err)
	}
	if err := json.Unmarshal(line, &p.ready); err != nil {
		t.Fatal(err)
	}
	return p
}

// state returns an account. With a body it first changes the account.
func (p *process) state(account, change string) map[string]any {
	p.t.Helper()
	method := http.MethodGet
	if change != "" {
		method = http.MethodPatch
	}
	return p.ask(method, "state?account="+account, change)
}

func (p *process) ask(method, path, content string) map[string]any {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), method, p.Address+"/_ramfake/"+path, strings.NewReader(content))
	if err != nil {
		p.t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	var body map[string]any
	if err := json.NewDecoder(response.Body).Decode(&body); err != nil || response.StatusCode != http.StatusOK {
		p.t.Fatalf("%s %s: %d %v %v", method, path, response.StatusCode, body, err)
	}
	return body
}

func TestState_isKeptBetweenProcesses(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "state.json")
	p := launch(t, "-state", file, "-users", "2", "-account", "1111111111111111", "-account", "2222222222222222")
	if len(p.Others) != 1 || p.AccountID != "1111111111111111" || p.Others[0].AccountID != "2222222222222222" {
		t.Errorf("the accounts are %+v", p.ready)
	}
	before := p.state("1111111111111111", `{"Alias":"acme","Policy":{"MaxPasswordAge":90}}`)
	p.state("2222222222222222", `{"Alias":"other"}`)
	p.ask(http.MethodPut, "clock", `{"advance":"240h"}`)
	if err := p.stop(); err != nil {
		t.Fatal(err)
	}

	again := launch(t, "-state", file, "-users", "3", "-account", "3333333333333333")
	defer func() { _ = again.stop() }() // the saved state is not checked
	if again.AccountID != "3333333333333333" || again.AccessKeyID == "" || len(again.Others) != 2 {
		t.Errorf("the accounts are %+v", again.ready)
	}
	after := again.state("1111111111111111", "")
	for _, name := range []string{"Alias", "Policy", "Preference", "ID"} {
		if got, want := asText(after[name]), asText(before[name]); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
	if alias := again.state("2222222222222222", "")["Alias"]; alias != "other" {
		t.Errorf("the other account's alias is %v", alias)
	}
	if id := again.state("3333333333333333", "")["ID"]; id != "3333333333333333" {
		t.Errorf("the new account's id is %v", id)
	}
}

func TestUsers_haveEveryKindOfObject(t *testing.T) {
	t.Parallel()
	p := launch(t, "-users", "3", "-strict", "-quota", "-latency", "1ms")
	defer func() { _ = p.stop() }()
	users, _ := p.state("", "")["Users"].(map[string]any)
	if len(users) != 4 {
		t.Errorf("there are %d users", len(users))
	}
	user, _ := users["user-0003"].(map[string]any)
	keys, _ := user["Keys"].([]any)
	if len(keys) != 2 || user["LoginProfile"] == nil || user["MFASerial"] != "acs:ram::1234567890123456:mfa/user-0003" {
		t.Errorf("a user is %v", user)
	}
}

func TestFaults_areReadFromAFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "faults.json")
	if err := os.WriteFile(file, []byte(`{"rules":[{"fault":"explode"}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), []string{"-listen", "127.0.0.1:0", "-faults", file}, io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), "explode") {
		t.Errorf("got %v", err)
	}
	if err := os.WriteFile(file, []byte(`{"rules":[{"action":"Get*","fault":"html"}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	p := launch(t, "-faults", file)
	if err := p.stop(); err != nil {
		t.Error(err)
	}
}

func TestArguments_invalid(t *testing.T) {
	t.Parallel()
	broken := filepath.Join(t.TempDir(), "state.json")
	if err := os.WriteFile(broken, []byte(`{"Accounts":[{"Name":"x"}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"-account", "12"}, {"-users", "many"}, {"serve"}, {"-faults", broken + ".missing"}, {"-state", broken}, {"-listen", "nowhere"},
	} {
		if err := run(t.Context(), append([]string{"-listen", "127.0.0.1:0"}, args...), io.Discard, io.Discard); err == nil {
			t.Errorf("%q: got no error", args)
		}
	}
	var help bytes.Buffer
	if err := run(t.Context(), []string{"-h"}, io.Discard, &help); !errors.Is(err, flag.ErrHelp) || !strings.Contains(help.String(), "127.0.0.1:8470") {
		t.Errorf("got error %v, output %s", err, help.String())
	}
}

func asText(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

func TestAssumptions_arePrinted(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := run(t.Context(), []string{"-assumptions"}, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"KeepOmittedPreferences", "official provider", " documented, ", " observed, ", " assumed; "} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not printed", want)
		}
	}
}

func TestAssumptions_otherSideIsServed(t *testing.T) {
	t.Parallel()
	for _, flags := range [][]string{{"-other-side"}, {"-random-sides", "7"}} {
		p := launch(t, flags...)
		if p.AccountID == "" {
			t.Errorf("%s: no account", flags)
		}
		if err := p.stop(); err != nil {
			t.Error(err)
		}
	}
}
