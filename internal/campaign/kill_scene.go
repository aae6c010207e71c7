// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package campaign

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// scene is one account, and one directory with a configuration and a state.
type scene struct {
	*killing
	*cli

	srv      *ramtest.Server
	told     string
	retain   []string // said once the values from before are lost
	leftover int      // the process of the provider that a killed CLI has left behind; 0: there is none
}

// snapshot is a scene that others begin with.
type snapshot struct {
	account *ramtest.Account
	state   []byte
}

func (k *killing) scene(from *snapshot) (*scene, error) {
	if from == nil {
		from = &snapshot{account: inhabited(time.Now())}
		from.account.Policy.PasswordReusePrevention = 0 // a password that a killed run has set could not be sent again
	}
	srv, err := ramtest.Start("127.0.0.1:0", ramtest.WithAccounts(from.account.Clone()), ramtest.Strict(), ramtest.WithBehaviour(func(b *ramtest.Behaviour) { b.PageCap = 2 }))
	if err != nil {
		return nil, err
	}
	c, err := newCLI(k.Options, k.provider, household, srv.Getenv)
	if err == nil && from.state != nil {
		err = os.WriteFile(filepath.Join(c.directory, stateFile), from.state, 0o600)
	}
	if err != nil {
		srv.Close()
		return nil, err
	}
	return &scene{killing: k, cli: c, srv: srv}, nil
}

func (s *scene) close() {
	s.endProvider()
	s.srv.Close()
	s.remove()
}

// after is what a deed leaves when nobody kills anything.
func (k *killing) after(d deed) (*snapshot, error) {
	s, err := k.done(d)
	if err != nil {
		return nil, err
	}
	defer s.close()
	state, err := os.ReadFile(filepath.Join(s.directory, stateFile))
	return &snapshot{s.srv.State().Accounts[0], state}, err
}

// calls are those of a deed when nobody kills anything.
func (k *killing) calls(d deed) ([]ramtest.Call, error) {
	s, err := k.done(d)
	if err != nil {
		return nil, err
	}
	defer s.close()
	return s.srv.Calls(), nil
}

// done does a deed.
func (k *killing) done(d deed) (*scene, error) {
	s, err := k.scene(d.from)
	if err != nil {
		return nil, err
	}
	code, out, err := s.run(k.ctx, d.arguments...)
	if err == nil && code != 0 {
		err = fmt.Errorf("the %s fails by itself: %s", d.name, out)
	}
	if err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// importable is how a message of the CLI says what to import: to which address, and by which id.
var importable = regexp.MustCompile(`(?s)with (ram_\w+\.\w+),.*?terraform import \S+ (\S+)`)

// goOn is the person who comes next: runs the same again, and does what the messages say.
func (s *scene) goOn(one strike) (outcome string) {
	outcome = killed
	forbid := func(format string, args ...any) {
		s.figures.forbid(again("kills", one.name(), "-cli CLI"), "%s: %s", one.name(), fmt.Sprintf(format, args...))
	}
	s.orphan()
	for range 6 {
		code, out, err := s.run(s.ctx, append(slices.Clone(one.deed.arguments), s.retain...)...)
		s.told += out
		switch {
		case err != nil:
			forbid("the campaign failed: %s", err)
			return outcome
		case code == 0:
			s.check(one, forbid)
			return outcome
		}
		if s.retain == nil && strings.Contains(out, `Use "retain" or "reset"`) {
			outcome, s.retain = killedL, []string{"-var=on_destroy=retain"}
			continue
		}
		if outcome != killedL {
			outcome = killedN
		}
		all := toImport(out)
		if len(all) == 0 {
			forbid("the next apply fails, and does not say what to import: %s", out)
			return outcome
		}
		for _, match := range all {
			arguments := append([]string{"import"}, slices.DeleteFunc(slices.Clone(one.deed.arguments[1:]), func(a string) bool { return a == "-auto-approve" || strings.HasPrefix(a, "-parallelism") })...)
			code, out, err := s.run(s.ctx, append(arguments, match[1], match[2])...)
			if s.told += out; err != nil || code != 0 {
				forbid("the import that the message names fails: %v: %s", err, out)
				return outcome
			}
		}
	}
	forbid("six applies are not enough: %s", s.told)
	return outcome
}

// toImport are the addresses and ids that the errors name; a warning names other addresses.
func toImport(out string) (all [][]string) {
	for _, problem := range strings.Split(unframed(out), "Error: ")[1:] {
		problem, _, _ = strings.Cut(problem, "Warning: ")
		if match := importable.FindStringSubmatch(problem); match != nil {
			all = append(all, match)
		}
	}
	return all
}

// unframed is what a CLI prints without the frame beside it.
func unframed(text string) string {
	return strings.NewReplacer("│ ", "", "│", "", "╷", "", "╵", "").Replace(text)
}
