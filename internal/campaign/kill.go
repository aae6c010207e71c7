// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package campaign

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// household is what the kill sweep makes, changes and destroys. It binds no MFA
// device, since codes take real time.
const household = `
variable "comments" { type = string }
variable "password" {
  type      = string
  ephemeral = true
}
variable "version_of" { type = number }
variable "on_destroy" { default = "restore" }
resource "ram_user" "carol" {
  name          = "carol"
  comments      = var.comments
  force_destroy = true
}
resource "ram_login_profile" "carol" {
  user_name           = ram_user.carol.name
  password_wo         = var.password
  password_wo_version = var.version_of
}
resource "ram_access_key" "carol" { user_name = ram_user.carol.name }
resource "ram_virtual_mfa_device" "phone" { virtual_mfa_device_name = "phone" }
resource "ram_security_preference" "this" {
  login_session_duration = 7 + var.version_of
  on_destroy             = var.on_destroy
}
`

// deed is what is killed: a run of the CLI, after the runs that go before it.
type deed struct {
	name      string
	before    [][]string
	arguments []string
}

func deeds() []deed {
	with := func(verb, comments, password string, version int) []string {
		return []string{
			verb, "-auto-approve", "-parallelism=1", "-var=comments=" + comments, "-var=password=" + password, fmt.Sprintf("-var=version_of=%d", version),
		}
	}
	first, second := with("apply", "one", "First-Passw0rd/4x", 1), with("apply", "two", "Second-Passw0rd/5x", 2)
	return []deed{
		{name: creates, arguments: first},
		{name: updates, before: [][]string{first}, arguments: second},
		{name: deletes, before: [][]string{first}, arguments: with("destroy", "one", "First-Passw0rd/4x", 1)},
	}
}

// strike is one signal to one process at one call.
type strike struct {
	deed   deed
	call   int
	phase  string
	signal syscall.Signal
	victim string // cli or provider
}

func (k strike) name() string {
	return fmt.Sprintf("%s/%s the %s/call %d/%s", k.deed.name, k.signal, k.victim, k.call, strings.TrimSuffix(k.phase, "_commit"))
}

// killing is the sweep.
type killing struct {
	*Options

	ctx      context.Context
	provider string
	figures  *figures
}

// scene is one run of it.
type scene struct {
	*killing
	*cli

	srv    *ramtest.Server
	told   string
	retain []string // said once the values from before are lost
}

func (k *killing) scene(d deed) (*scene, error) {
	account := inhabited(time.Now())
	account.Policy.PasswordReusePrevention = 0 // a password that a killed run has set could not be sent again
	srv, err := ramtest.Start("127.0.0.1:0", ramtest.Holding(account), ramtest.Strict(), ramtest.Behaving(func(b *ramtest.Behaviour) { b.PageCap = 2 }))
	if err != nil {
		return nil, err
	}
	c, err := newCLI(k.Options, k.provider, household, srv.Getenv)
	if err != nil {
		srv.Close()
		return nil, err
	}
	s := &scene{killing: k, cli: c, srv: srv}
	for _, arguments := range d.before {
		if code, out, err := c.run(k.ctx, arguments...); err != nil || code != 0 {
			s.close()
			return nil, errors.Join(err, fmt.Errorf("cannot prepare the %s: %s", d.name, out))
		}
	}
	srv.ForgetCalls()
	return s, nil
}

func (s *scene) close() {
	s.srv.Close()
	s.remove()
}

// calls are those of the deed when nobody kills anything.
func (k *killing) calls(d deed) ([]ramtest.Call, error) {
	s, err := k.scene(d)
	if err != nil {
		return nil, err
	}
	defer s.close()
	code, out, err := s.run(k.ctx, d.arguments...)
	if err == nil && code != 0 {
		err = fmt.Errorf("the %s fails by itself: %s", d.name, out)
	}
	return s.srv.Calls(), err
}

// playKills kills the provider and the CLI at every call of a create, an update and a destroy.
func playKills(ctx context.Context, o *Options, f *figures) error {
	provider, err := built(ctx, o)
	if err != nil {
		return err
	}
	k := &killing{Options: o, ctx: ctx, provider: provider, figures: f}
	boundaries, played := 0, 0
	for _, d := range deeds() {
		calls, err := k.calls(d)
		if err != nil {
			return err
		}
		for n, call := range calls {
			for _, one := range strikesAt(d, n+1, writes(call.Action)) {
				boundaries++
				if !k.takes(one.name()) {
					continue
				}
				played++
				if err := k.play(one); err != nil {
					return fmt.Errorf("%s: %w", one.name(), err)
				}
			}
		}
	}
	f.add("places to kill at", boundaries)
	f.add("killed at", played)
	return nil
}

func (k *killing) takes(name string) bool {
	h := fnv.New32a()
	_, _ = h.Write([]byte(name)) // a hash takes everything
	return strings.Contains(name, k.Only) && (k.Kills <= 1 || k.Only != "" || h.Sum32()%k.Kills == 0)
}

func strikesAt(d deed, call int, write bool) (all []strike) {
	for _, victim := range []string{"cli", "provider"} {
		for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGKILL} {
			all = append(all, strike{d, call, before, signal, victim})
			if write {
				all = append(all, strike{d, call, after, signal, victim})
			}
		}
	}
	return all
}

// held is how long the service holds the call at which somebody is killed.
const held = 300 * time.Millisecond

func (k *killing) play(one strike) error {
	s, err := k.scene(one.deed)
	if err != nil {
		return err
	}
	defer s.close()
	s.srv.Inject(ramtest.Rule{Nth: fmt.Sprint(one.call), Phase: one.phase, Fault: "delay", Delay: held})
	if err := s.kill(one); err != nil {
		return err
	}
	outcome := s.goOn(one)
	k.figures.count(outcome)
	return nil
}

// kill runs the deed, and sends the signal while the call is under way.
func (s *scene) kill(one strike) error {
	var out bytes.Buffer
	ctx, cancel := context.WithTimeout(s.ctx, 5*time.Minute)
	defer cancel()
	cmd := s.command(ctx, &out, one.deed.arguments...)
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for len(s.srv.Calls()) < one.call {
		select {
		case <-tick.C:
		case err := <-ended:
			return fmt.Errorf("it ended before call %d: %w: %s", one.call, err, out.String())
		}
	}
	victim := cmd.Process.Pid
	if one.victim == "provider" {
		var err error
		if victim, err = s.child(victim); err != nil {
			return err
		}
	}
	if err := syscall.Kill(victim, one.signal); err != nil {
		return err
	}
	<-ended //nolint:errcheck // with whatever code
	s.told = out.String()
	return ctx.Err()
}

// child finds the provider that a CLI has started.
func (s *scene) child(parent int) (int, error) {
	list, err := exec.CommandContext(s.ctx, "ps", "-A", "-o", "pid=,ppid=,args=").Output()
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(list)) {
		var pid, ppid int
		var program string
		if n, _ := fmt.Sscan(line, &pid, &ppid, &program); n == 3 && ppid == parent && strings.HasSuffix(program, "terraform-provider-ram") {
			return pid, nil
		}
	}
	return 0, errors.New("the CLI runs no provider")
}

// importable is how a message of the CLI says what to import: to which address, and by which id.
var importable = regexp.MustCompile(`(?s)with (ram_\w+\.\w+),.*?terraform import \S+ (\S+)`)

// goOn is the person who comes next: runs the same again, and does what the messages say.
func (s *scene) goOn(one strike) (outcome string) {
	outcome = killed
	forbid := func(format string, args ...any) {
		s.figures.forbid(again("kills", one.name(), "-cli CLI"), "%s: %s", one.name(), fmt.Sprintf(format, args...))
	}
	s.orphans(one)
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

// orphans notes a provider that outlives its CLI: it is given the time to end.
func (s *scene) orphans(one strike) {
	if one.victim == "cli" && one.signal == syscall.SIGKILL {
		deadline := time.Now().Add(10 * time.Second)
		for quiet := len(s.srv.Calls()); time.Now().Before(deadline); quiet = len(s.srv.Calls()) {
			wait := time.NewTimer(2 * held)
			<-wait.C
			if len(s.srv.Calls()) == quiet {
				return
			}
		}
	}
}

// check compares the account with the state and with what was wanted.
func (s *scene) check(one strike, forbid func(string, ...any)) {
	text, err := os.ReadFile(filepath.Join(s.directory, "terraform.tfstate"))
	if err != nil {
		forbid("there is no state: %s", err)
		return
	}
	kept := secretsIn(text)
	s.srv.Change(func(a *ramtest.Account) {
		carol := a.Users["carol"]
		if one.deed.name == deletes {
			if carol != nil || len(a.MFADevices) > 1 || s.retain == nil && a.Preference.LoginSessionDuration != 24 {
				forbid("after the destroy there is %v, %d devices, and a session of %d hours", carol, len(a.MFADevices), a.Preference.LoginSessionDuration)
			}
			return
		}
		version := map[string]int{creates: 1, updates: 2}[one.deed.name]
		comments := map[string]string{creates: "one", updates: "two"}[one.deed.name]
		if carol == nil || carol.Comments != comments || carol.LoginProfile == nil || a.Preference.LoginSessionDuration != 7+version || len(a.MFADevices) != 2 {
			forbid("carol is %+v, the session %d hours, and there are %d devices", carol, a.Preference.LoginSessionDuration, len(a.MFADevices))
			return
		}
		for _, key := range carol.Keys {
			if secret, tracked := kept[key.ID]; tracked && secret != key.Secret {
				forbid("the secret of %s in the state is not that of the service", key.ID)
			} else if !tracked && !strings.Contains(s.told, key.ID) {
				forbid("the key %s is in no state, and nobody was told", key.ID)
			}
		}
		if len(kept) != 1 || len(carol.Keys) > 2 {
			forbid("carol has %d keys, and the state %d", len(carol.Keys), len(kept))
		}
	})
	for _, violation := range s.srv.Violations() {
		forbid("the service objects: %s", violation)
	}
}

// secretsIn are the secrets of the keys in a state.
func secretsIn(text []byte) map[string]string {
	var state struct {
		Resources []struct {
			Type      string
			Instances []struct {
				Attributes struct {
					AccessKeyID string `json:"access_key_id"`
					Secret      string `json:"secret"`
				}
			}
		}
	}
	secrets := map[string]string{}
	if json.Unmarshal(text, &state) != nil {
		return secrets
	}
	for _, resource := range state.Resources {
		for _, instance := range resource.Instances {
			if resource.Type == "ram_access_key" {
				secrets[instance.Attributes.AccessKeyID] = instance.Attributes.Secret
			}
		}
	}
	return secrets
}
