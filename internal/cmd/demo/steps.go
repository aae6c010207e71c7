// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/packet"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// The examples that the demo applies, each in its own directory.
const (
	baseline = "quickstart"
	user     = "user-with-mfa"
	audit    = "report"
)

// oldOffice is a network in the logon masks that no configuration manages.
const oldOffice = "198.51.100.0/24"

// demo runs the steps against one account.
type demo struct {
	ctx      context.Context
	srv      *ramtest.Server
	cli      *acctest.CLI
	examples string
	mark     int // number of changes before the first step
}

func (d *demo) run() error {
	version, err := d.cli.Version(d.ctx)
	if err != nil {
		return err
	}
	fmt.Printf("Security settings of Alibaba Cloud RAM, on a fake account (%s)\n", version)
	steps := []struct {
		title string
		run   func() error
	}{
		{"The account has weak settings", d.prepare},
		{"apply: a security baseline", d.applyBaseline},
		{"apply: a user with an AccessKey and an MFA device", d.applyUser},
		{"An administrator changes settings in the console", d.change},
		{"plan: the drift is detected", d.plan},
		{"apply: the drift is corrected", d.correct},
		{"apply: a report of the failed controls", d.report},
	}
	for n, step := range steps {
		fmt.Printf("\n[%d/%d] %s\n", n+1, len(steps), step.title)
		if err := step.run(); err != nil {
			return fmt.Errorf("step %d: %w", n+1, err)
		}
	}
	return nil
}

// prepare gives the account weak settings.
func (d *demo) prepare() error {
	d.srv.Change(func(a *ramtest.Account) {
		a.Preference.LoginSessionDuration, a.Preference.LoginNetworkMasks = 24, oldOffice
		a.Preference.AllowUserToManageAccessKeys, a.Preference.EnableSaveMFATicket = true, true
		a.Policy.MinimumPasswordLength, a.Policy.MaxLoginAttempts, a.Policy.PasswordReusePrevention = 8, 0, 0
	})
	d.mark = len(d.srv.History())
	fmt.Printf("  Sessions of 24 hours, users create AccessKey pairs, passwords of 8 characters,\n  logon from %s only.\n", oldOffice)
	return nil
}

// applyBaseline applies three settings and checks that no other setting has changed.
func (d *demo) applyBaseline() error {
	if err := d.apply(baseline); err != nil {
		return err
	}
	if err := d.checkSettings(); err != nil {
		return err
	}
	fmt.Print("  Sessions of 8 hours, users create no AccessKey pairs, passwords of 14 characters,\n  the account alias example-corp. The logon masks are not managed, and unchanged.\n")
	return nil
}

// checkSettings compares the settings with the example.
func (d *demo) checkSettings() (err error) {
	managed := []string{
		"Alias", "MaxLoginAttempts", "MinimumPasswordLength", "PasswordReusePrevention", "RequireLowercaseCharacters", "RequireNumbers",
		"RequireSymbols", "RequireUppercaseCharacters", "AllowUserToManageAccessKeys", "EnableSaveMFATicket", "LoginSessionDuration",
	}
	for _, e := range d.srv.History()[d.mark:] {
		isSetting := slices.Contains([]string{"account_alias", "account_access_key_policy", "password_policy", "security_preference", "user_sso_settings"}, e.Object)
		if e.Actor != "test" && isSetting && !slices.Contains(managed, e.Field) {
			return fmt.Errorf("%s.%s was changed, and is not managed", e.Object, e.Field)
		}
	}
	if violations := d.srv.Violations(); len(violations) > 0 {
		return fmt.Errorf("the service rejects a request: %s", strings.Join(violations, "; "))
	}
	d.srv.Change(func(a *ramtest.Account) {
		p, q := a.Preference, a.Policy
		if a.Alias != "example-corp" || p.LoginNetworkMasks != oldOffice || p.LoginSessionDuration != 8 || p.AllowUserToManageAccessKeys || p.EnableSaveMFATicket ||
			q.MinimumPasswordLength != 14 || q.MaxLoginAttempts != 5 || q.PasswordReusePrevention != 5 || !q.RequireSymbols {
			err = fmt.Errorf("the settings are %+v, %+v, the alias %q", p, q, a.Alias)
		}
	})
	return err
}

// applyUser creates a user and searches all files for the secrets.
func (d *demo) applyUser() error {
	if err := d.apply(user); err != nil {
		return err
	}
	var secrets []string
	d.srv.Change(func(a *ramtest.Account) {
		alice := a.Users["alice"]
		if alice != nil && alice.LoginProfile != nil && alice.LoginProfile.MFABindRequired && len(alice.Keys) == 1 && alice.MFASerial != "" {
			secrets = []string{alice.LoginProfile.Password, alice.Keys[0].Secret, a.MFADevices[alice.MFASerial].Seed}
		}
	})
	if secrets == nil {
		return errors.New("alice lacks a login profile that requires MFA, an AccessKey or a bound device")
	}
	for _, secret := range secrets {
		found, err := acctest.ScanFiles(d.cli.Directory, secret, nil)
		if err != nil || len(found) > 0 {
			return fmt.Errorf("a secret is in %s, %w", strings.Join(found, ", "), err)
		}
	}
	fmt.Print("  Alice has a password, an AccessKey pair and a bound MFA device. None of the three\n  secrets is in a file. The state has two of them, encrypted with her PGP key.\n")
	return nil
}

// change makes the changes of an administrator in the console.
func (d *demo) change() error {
	d.srv.Change(func(a *ramtest.Account) {
		a.Preference.AllowUserToManageAccessKeys = true
		a.Policy.MinimumPasswordLength = 8
		a.Users["alice"].LoginProfile.MFABindRequired = false
	})
	fmt.Print("  Users create AccessKey pairs again, passwords of 8 characters, alice logs on without MFA.\n")
	return nil
}

// plan checks that the plans show exactly the three changes.
func (d *demo) plan() error {
	drift := map[string][]string{
		baseline: {"allow_user_to_manage_access_keys = true -> false", "minimum_password_length = 8 -> 14"},
		user:     {"mfa_bind_required = false -> true"},
	}
	for _, example := range []string{baseline, user} {
		want := drift[example]
		output, err := d.terraform(example, 2, "plan", "-detailed-exitcode")
		if err != nil {
			return err
		}
		shown := []string{}
		for line := range strings.Lines(output) {
			if strings.Contains(line, " -> ") {
				words := strings.Fields(line) // the first word is the sign of a change
				shown = append(shown, strings.Join(words[1:], " "))
				fmt.Printf("  %s\n", strings.Join(words, " "))
			}
		}
		if slices.Sort(shown); !slices.Equal(shown, want) {
			return fmt.Errorf("the plan of %s changes %q, not %q:\n%s", example, shown, want, output)
		}
	}
	return nil
}

// correct applies again and checks that the next plans are empty.
func (d *demo) correct() error {
	for _, example := range []string{baseline, user} {
		if err := d.apply(example); err != nil {
			return err
		}
	}
	if err := d.checkSettings(); err != nil {
		return err
	}
	fmt.Print("  The settings are as before, and the next plan is empty.\n")
	return nil
}

// report prints the summary of a benchmark: the root account has no MFA, and alice has all
// the credentials that she was given.
func (d *demo) report() error {
	if _, err := d.terraform(audit, 0, "apply", "-auto-approve"); err != nil {
		return err
	}
	summary, err := d.terraform(audit, 0, "output", "-raw", "summary")
	if err != nil {
		return err
	}
	for _, expected := range []string{"1 failed", "The root account has MFA: <root>", "password, MFA, 1 active of 1 AccessKey pairs"} {
		if !strings.Contains(summary, expected) {
			return fmt.Errorf("the report does not contain %q: %s", expected, summary)
		}
	}
	for line := range strings.Lines(strings.TrimSpace(summary)) {
		fmt.Print("  ", line)
	}
	fmt.Println()
	return nil
}

// apply applies an example and checks that the next plan is empty.
func (d *demo) apply(example string) error {
	if _, err := d.terraform(example, 0, "apply", "-auto-approve"); err != nil {
		return err
	}
	_, err := d.terraform(example, 0, "plan", "-detailed-exitcode")
	return err
}

// terraform runs the CLI on a copy of an example and expects an exit code.
func (d *demo) terraform(example string, code int, arguments ...string) (stdout string, err error) {
	work := *d.cli
	work.Directory = filepath.Join(d.cli.Directory, example)
	if _, err := os.Stat(work.Directory); err != nil {
		if err := os.CopyFS(work.Directory, os.DirFS(filepath.Join(d.examples, example))); err != nil {
			return "", err
		}
	}
	r, err := work.Run(d.ctx, arguments...)
	if err == nil && r.Code != code {
		err = fmt.Errorf("%s of %s ended with %d, not %d:\n%s", strings.Join(arguments, " "), example, r.Code, code, r.Output)
	}
	return r.Stdout, err
}

// publicKey returns a new PGP public key in the form of pgp_key.
func publicKey() (string, error) {
	entity, err := openpgp.NewEntity("Alice Liddell", "", "alice@example.com", &packet.Config{Algorithm: packet.PubKeyAlgoEdDSA})
	if err != nil {
		return "", err
	}
	var public bytes.Buffer
	if err := entity.Serialize(&public); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(public.Bytes()), nil
}
