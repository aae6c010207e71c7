// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package main

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/ProtonMail/go-crypto/openpgp"
)

func TestInWords(t *testing.T) {
	t.Parallel()
	for wanted, want := range map[string]string{
		`{"minimum":8}`:              "8 or more",
		`{"maximum":90}`:             "90 or less",
		`{"minimum":1,"maximum":90}`: "1 to 90",
		`"mandatory"`:                `"mandatory"`,
		`true`:                       `true`,
		`{}`:                         `{}`,
	} {
		if got := inWords(wanted); got != want {
			t.Errorf("%s is %q, want %q", wanted, got, want)
		}
	}
}

func TestPage_widest(t *testing.T) {
	t.Parallel()
	p := &page{out: &strings.Builder{}}
	for _, text := range []string{"\n", "four\n\nfïve5\n", "on"} {
		if _, err := p.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if p.widest != 5 {
		t.Errorf("the widest line has %d characters, want 5", p.widest)
	}
}

func TestReader(t *testing.T) {
	t.Parallel()
	alice, err := newReader()
	if err != nil {
		t.Fatal(err)
	}
	public, err := base64.StdEncoding.DecodeString(alice.public)
	if err != nil {
		t.Fatal(err)
	}
	recipients, err := openpgp.ReadKeyRing(bytes.NewReader(public))
	if err != nil {
		t.Fatal(err)
	}
	var message bytes.Buffer
	w, err := openpgp.Encrypt(&message, recipients, nil, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("rosebud")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	encoded := base64.StdEncoding.EncodeToString(message.Bytes())
	if got, err := alice.read(encoded); err != nil || got != "rosebud" {
		t.Errorf("got %q, %v", got, err)
	}
	mallory, err := newReader()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := mallory.read(encoded); err == nil {
		t.Errorf("somebody else reads %q", got)
	}
}
