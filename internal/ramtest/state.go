// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// State is the data that is saved to a file: the accounts, starting with the default account, and the offset of the clock.
type State struct {
	Accounts []*Account
	Advanced time.Duration
}

// State returns a copy of the state.
func (s *Server) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	state := State{Advanced: s.offset, Accounts: []*Account{s.accounts[s.first].Clone()}}
	for _, id := range slices.Sorted(maps.Keys(s.accounts)) {
		if id != s.first {
			state.Accounts = append(state.Accounts, s.accounts[id].Clone())
		}
	}
	return state
}

// WithState starts with a saved state.
func WithState(state State) Option {
	return func(s *Server) {
		s.offset = state.Advanced
		WithAccounts(state.Accounts...)(s)
	}
}

// ReadState reads a state from a file. A missing file is an empty state.
func ReadState(file string) (State, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return State{}, nil
	}
	if err != nil {
		return State{}, fmt.Errorf("cannot read the state: %w", err)
	}
	var raw struct {
		Accounts []json.RawMessage
		Advanced time.Duration
	}
	if err := strictly(text, &raw); err != nil {
		return State{}, fmt.Errorf("cannot read the state in %s: %w", file, err)
	}
	state := State{Advanced: raw.Advanced}
	for _, text := range raw.Accounts {
		account := NewAccount("")
		if err := strictly(text, account); err != nil {
			return State{}, fmt.Errorf("cannot read the state in %s: %w", file, err)
		}
		state.Accounts = append(state.Accounts, account)
	}
	return state, nil
}

// strictly decodes JSON and refuses unknown names.
func strictly(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}

// Write replaces a file with the state, atomically.
func (state State) Write(file string) error {
	text, err := json.MarshalIndent(state, "", "  ")
	if err != nil {
		return fmt.Errorf("cannot write the state: %w", err)
	}
	temporary, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*")
	if err != nil {
		return fmt.Errorf("cannot write the state: %w", err)
	}
	_, err = temporary.Write(append(text, '\n'))
	err = errors.Join(err, temporary.Sync(), temporary.Close())
	if err == nil {
		err = os.Rename(temporary.Name(), file)
	}
	if err != nil {
		return fmt.Errorf("cannot write the state: %w", errors.Join(err, os.Remove(temporary.Name())))
	}
	return nil
}
