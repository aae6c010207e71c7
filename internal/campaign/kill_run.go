// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// killRun is one account, and one CLI with a configuration and a state.
type killRun struct {
	*killSweep
	*acctest.CLI

	srv    *ramtest.Server
	output string
	retain []string // the argument that a person adds once the captured values are lost
	orphan int      // the process of the provider that a killed CLI has left behind; 0: there is none
}

// savedRun is an account and a state that other runs begin with.
type savedRun struct {
	account *ramtest.Account
	state   []byte
}

func (k *killSweep) newRun(from *savedRun) (*killRun, error) {
	if from == nil {
		from = &savedRun{account: acctest.PopulatedAccount(time.Now())}
		from.account.Policy.PasswordReusePrevention = 0 // the password of a killed run is sent again
	}
	srv, err := ramtest.Start("127.0.0.1:0", ramtest.WithAccounts(from.account.Clone()), ramtest.Strict(), ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.PageCap = 2 }))
	if err != nil {
		return nil, err
	}
	c, err := newCLI(k.Options, k.provider, killConfiguration, srv.Getenv)
	if err == nil && from.state != nil {
		err = c.WriteState(from.state)
	}
	if err != nil {
		srv.Close()
		return nil, err
	}
	return &killRun{killSweep: k, CLI: c, srv: srv}, nil
}

func (r *killRun) close() {
	r.killOrphan()
	r.srv.Close()
	remove(r.CLI)
}

// after returns what a command leaves that is not killed.
func (k *killSweep) after(c command) (*savedRun, error) {
	r, err := k.runCommand(c)
	if err != nil {
		return nil, err
	}
	defer r.close()
	state, err := r.ReadState()
	return &savedRun{r.srv.State().Accounts[0], state}, err
}

// calls returns the calls of a command that is not killed.
func (k *killSweep) calls(c command) ([]ramtest.Call, error) {
	r, err := k.runCommand(c)
	if err != nil {
		return nil, err
	}
	defer r.close()
	return r.srv.Calls(), nil
}

func (k *killSweep) runCommand(c command) (*killRun, error) {
	r, err := k.newRun(c.from)
	if err != nil {
		return nil, err
	}
	result, err := r.Run(k.ctx, c.arguments...)
	if err == nil && result.Code != 0 {
		err = fmt.Errorf("the %s fails without a signal: %s", c.name, result.Output)
	}
	if err != nil {
		r.close()
		return nil, err
	}
	return r, nil
}

// attempt tries to kill while the call is held. It returns [errMissed] if the signal came too late.
func (k *killSweep) attempt(one killCase, hold time.Duration) error {
	r, err := k.newRun(one.command.from)
	if err != nil {
		return err
	}
	defer r.close()
	r.srv.Inject(ramtest.Rule{Nth: fmt.Sprint(one.call), Phase: one.phase, Fault: "delay", Delay: hold})
	if err := r.kill(one, hold); err != nil {
		return err
	}
	k.figures.count(r.recover(one))
	return nil
}

// kill runs the command, and sends the signal while the call is under way.
func (r *killRun) kill(one killCase, hold time.Duration) error {
	var out bytes.Buffer
	ctx, cancel := context.WithTimeout(r.ctx, 5*time.Minute)
	defer cancel()
	cmd := r.Command(ctx, one.command.arguments...)
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for len(r.srv.Calls()) < one.call {
		select {
		case <-tick.C:
		case err := <-ended:
			return fmt.Errorf("it ended before call %d: %w: %s", one.call, err, out.String())
		}
	}
	arrived := r.srv.Calls()[one.call-1].Time
	process, err := cmd.Process.Pid, error(nil)
	switch {
	case one.process == "provider":
		process, err = acctest.ProviderOf(ctx, process)
	case one.signal == syscall.SIGKILL:
		r.orphan, err = acctest.ProviderOf(ctx, process)
	}
	if err == nil {
		err = syscall.Kill(process, one.signal)
	}
	late := time.Since(arrived) >= hold
	if err != nil && !late {
		return errors.Join(err, <-ended)
	}
	<-ended //nolint:errcheck // with any exit code
	r.output = out.String()
	if late {
		return errMissed
	}
	return ctx.Err()
}

// waitForOrphan gives a provider that outlives its CLI the time to end what it does.
func (r *killRun) waitForOrphan() {
	if r.orphan == 0 {
		return
	}
	deadline := time.Now().Add(10 * time.Second)
	for calls := -1; calls != len(r.srv.Calls()) && time.Now().Before(deadline); {
		calls = len(r.srv.Calls())
		wait := time.NewTimer(2 * holdTime)
		<-wait.C
	}
}

// killOrphan ends the provider that a killed CLI could not end: it would wait for its CLI without end.
func (r *killRun) killOrphan() {
	if r.orphan != 0 {
		_ = syscall.Kill(r.orphan, syscall.SIGKILL) // it may have ended by itself
	}
}

// importCommand finds the address and the id to import in a message of the CLI.
var importCommand = regexp.MustCompile(`(?s)with (ram_\w+\.\w+),.*?terraform import \S+ (\S+)`)

// recover runs the same command again, and does what the messages say, as a person does.
func (r *killRun) recover(one killCase) (outcome string) {
	outcome = killed
	forbid := func(format string, args ...any) {
		r.figures.forbid(replayCommand("kills", one.name(), "-cli CLI"), "%s: %s", one.name(), fmt.Sprintf(format, args...))
	}
	r.waitForOrphan()
	for range 6 {
		result, err := r.Run(r.ctx, append(slices.Clone(one.command.arguments), r.retain...)...)
		r.output += result.Output
		switch {
		case err != nil:
			forbid("the campaign failed: %s", err)
			return outcome
		case result.Code == 0:
			r.check(one, forbid)
			return outcome
		}
		if r.retain == nil && strings.Contains(result.Output, `Use "retain" or "reset"`) {
			outcome, r.retain = killedL, []string{"-var=on_destroy=retain"}
			continue
		}
		if outcome != killedL {
			outcome = killedN
		}
		if !r.importNamed(one, result.Output, forbid) {
			return outcome
		}
	}
	forbid("six applies are not enough: %s", r.output)
	return outcome
}

// importNamed imports what the errors name.
func (r *killRun) importNamed(one killCase, output string, forbid func(string, ...any)) bool {
	all := importsIn(output)
	if len(all) == 0 {
		forbid("the next apply fails, and does not name what to import: %s", output)
		return false
	}
	for _, match := range all {
		arguments := append([]string{"import"}, slices.DeleteFunc(slices.Clone(one.command.arguments[1:]), func(a string) bool { return a == "-auto-approve" || strings.HasPrefix(a, "-parallelism") })...)
		result, err := r.Run(r.ctx, append(arguments, match[1], match[2])...)
		if r.output += result.Output; err != nil || result.Code != 0 {
			forbid("the import that the message names fails: %v: %s", err, result.Output)
			return false
		}
	}
	return true
}

// importsIn returns the addresses and ids that the errors name; a warning names other addresses.
func importsIn(out string) (all [][]string) {
	plain := strings.NewReplacer("│ ", "", "│", "", "╷", "", "╵", "").Replace(out)
	for _, problem := range strings.Split(plain, "Error: ")[1:] {
		problem, _, _ = strings.Cut(problem, "Warning: ")
		if match := importCommand.FindStringSubmatch(problem); match != nil {
			all = append(all, match)
		}
	}
	return all
}

// settings are what the kill configuration manages of the account's settings.
type settings struct {
	session, length int
	alias           string
}

func settingsIn(a *ramtest.Account) settings {
	return settings{a.Preference.LoginSessionDuration, a.Policy.MinimumPasswordLength, a.Alias}
}

// check compares the account with the state and with the configuration.
func (r *killRun) check(one killCase, forbid func(string, ...any)) {
	text, err := r.ReadState()
	if err != nil {
		forbid("there is no state: %s", err)
		return
	}
	tracked := secretsInState(text)
	r.srv.Change(func(a *ramtest.Account) {
		carol := a.Users["carol"]
		if one.command.name == deletes {
			if carol != nil || len(a.MFADevices) > 1 || r.retain == nil && settingsIn(a) != (settings{24, 10, ""}) {
				forbid("after the destroy there is %v, %d devices, and the settings are %v", carol, len(a.MFADevices), settingsIn(a))
			}
			return
		}
		comments, wanted := "one", settings{8, 12, "example-1"}
		if one.command.name == updates {
			comments, wanted = "two", settings{9, 13, "example-2"}
		}
		if carol == nil || carol.Comments != comments || carol.LoginProfile == nil || settingsIn(a) != wanted || len(a.MFADevices) != 2 {
			forbid("carol is %+v, the settings are %v, and there are %d devices", carol, settingsIn(a), len(a.MFADevices))
			return
		}
		for _, key := range carol.Keys {
			if secret, known := tracked[key.ID]; known && secret != key.Secret {
				forbid("the secret of %s in the state is not that of the service", key.ID)
			} else if !known && !strings.Contains(r.output, key.ID) {
				forbid("the key %s is in no state, and no message names it", key.ID)
			}
		}
		if len(tracked) != 1 || len(carol.Keys) > 2 {
			forbid("carol has %d keys, and the state %d", len(carol.Keys), len(tracked))
		}
	})
	for _, violation := range r.srv.Violations() {
		forbid("the service rejects a request: %s", violation)
	}
}
