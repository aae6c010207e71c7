// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

// Command ramfake serves a fake of RAM, for demonstrations, other clients and manual tests.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "ramfake:", err)
		os.Exit(1) //nolint:gocritic // nothing is left to stop
	}
}

// arguments are the command-line flags.
type arguments struct {
	listen   string
	state    string
	faults   string
	users    int
	latency  time.Duration
	accounts []string
	quota    bool
	strict   bool

	assumptions bool
	otherSide   bool
	sides       uint64
}

func parse(args []string, help io.Writer) (arguments, error) {
	var a arguments
	flags := flag.NewFlagSet("ramfake", flag.ContinueOnError)
	flags.SetOutput(help)
	flags.StringVar(&a.listen, "listen", "127.0.0.1:8470", "`address` to serve at")
	flags.StringVar(&a.state, "state", "", "`file` from which the accounts are loaded, if it exists, and to which they are saved at the end")
	flags.StringVar(&a.faults, "faults", "", "`file` with the fault schedule")
	flags.IntVar(&a.users, "users", 0, "`number` of users to create at the start, each with a login profile, two AccessKeys and a bound MFA device")
	flags.DurationVar(&a.latency, "latency", 0, "`time` by which every response is delayed")
	flags.Func("account", "`id` of an account; can be repeated, the first is the default account", func(id string) error {
		if len(id) != 16 || strings.Trim(id, "0123456789") != "" {
			return errors.New("an account id has 16 digits")
		}
		a.accounts = append(a.accounts, id)
		return nil
	})
	flags.BoolVar(&a.quota, "quota", false, "enforce the published rates")
	flags.BoolVar(&a.strict, "strict", false, "refuse parameters that the operation does not have")
	flags.BoolVar(&a.assumptions, "assumptions", false, "print what the fake assumes of the service, with sources, and exit")
	flags.BoolVar(&a.otherSide, "other-side", false, "behave the other way in everything that is assumed")
	flags.Uint64Var(&a.sides, "random-sides", 0, "behave the other way in a random half of what is assumed, drawn from a `seed`")
	if err := flags.Parse(args); err != nil {
		return a, err
	}
	if flags.NArg() > 0 {
		return a, fmt.Errorf("%q is not expected", flags.Arg(0))
	}
	return a, nil
}

// run serves until the context ends, and then saves the accounts.
func run(ctx context.Context, args []string, out, help io.Writer) error {
	a, err := parse(args, help)
	if err != nil {
		return err
	}
	if a.assumptions {
		return printAssumptions(out)
	}
	server, err := start(a)
	if err != nil {
		return err
	}
	err = announce(server, out)
	if err == nil {
		<-ctx.Done()
	}
	server.Close()
	if a.state != "" {
		err = errors.Join(err, server.State().Write(a.state))
	}
	return err
}

func start(a arguments) (*ramtest.Server, error) {
	options, accounts, err := a.options()
	if err != nil {
		return nil, err
	}
	schedule, err := readFaults(a.faults)
	if err != nil {
		return nil, err
	}
	server, err := ramtest.Start(a.listen, options...)
	if err != nil {
		return nil, err
	}
	present := server.State().Accounts
	for _, id := range accounts {
		if !slices.ContainsFunc(present, func(account *ramtest.Account) bool { return account.ID == id }) {
			server.AddAccount(id)
		}
	}
	server.Populate(a.users)
	if err := server.SetSchedule(schedule); err != nil {
		server.Close()
		return nil, fmt.Errorf("cannot use %s: %w", a.faults, err)
	}
	return server, nil
}

// printAssumptions prints the assumptions, their other sides, and how many there are of
// each sourcing.
func printAssumptions(out io.Writer) error {
	counts, untested := map[string]int{}, 0
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "SOURCING\tSWITCH\tASSUMPTION\tSOURCE\tTEST OF THE OTHER SIDE")
	for _, a := range ramtest.Assumptions() {
		counts[a.Sourcing]++
		test := a.Test
		if test == "" {
			untested, test = untested+1, "-"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", a.Sourcing, a.Switch, a.Subject, a.Source, test)
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("cannot print the assumptions: %w", err)
	}
	_, err := fmt.Fprintf(out, "\n%d documented, %d observed, %d assumed; %d without a test of the provider\n",
		counts["documented"], counts["observed"], counts["assumed"], untested)
	return err
}

// options returns the options of the server and the ids of its accounts.
func (a arguments) options() ([]ramtest.Option, []string, error) {
	options := []ramtest.Option{ramtest.Lenient(), ramtest.Latency(a.latency)}
	if a.strict {
		options = append(options, ramtest.Strict())
	}
	if a.quota {
		options = append(options, ramtest.RateLimits())
	}
	if a.state != "" {
		state, err := ramtest.ReadState(a.state)
		if err != nil {
			return nil, nil, err
		}
		options = append(options, ramtest.WithState(state))
	}
	if a.otherSide {
		options = append(options, ramtest.OtherSide())
	}
	if a.sides != 0 {
		options = append(options, ramtest.RandomSides(a.sides))
	}
	if len(a.accounts) > 0 {
		options = append(options, ramtest.AccountID(a.accounts[0]))
	}
	return options, a.accounts, nil
}

func readFaults(file string) (ramtest.Schedule, error) {
	var schedule ramtest.Schedule
	if file == "" {
		return schedule, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return schedule, fmt.Errorf("cannot read the faults: %w", err)
	}
	if err := json.Unmarshal(text, &schedule); err != nil {
		return schedule, fmt.Errorf("cannot read the faults in %s: %w", file, err)
	}
	return schedule, nil
}

// ready is the line of output with the address of the service and the credentials.
type ready struct {
	Address string `json:"address"`
	key
	Others []key `json:"other_accounts,omitempty"`
}

type key struct {
	AccountID       string `json:"account_id"`
	AccessKeyID     string `json:"access_key_id"`
	AccessKeySecret string `json:"access_key_secret"`
}

func announce(server *ramtest.Server, out io.Writer) error {
	line := ready{Address: server.URL()}
	for i, account := range server.State().Accounts {
		credential, _ := account.Credential() // an account may have no active key
		one := key{account.ID, credential.AccessKeyID, credential.AccessKeySecret}
		if i == 0 {
			line.key = one
			continue
		}
		line.Others = append(line.Others, one)
	}
	if err := json.NewEncoder(out).Encode(line); err != nil {
		return fmt.Errorf("cannot report that the service is ready: %w", err)
	}
	return nil
}
