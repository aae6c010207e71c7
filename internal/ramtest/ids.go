// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
)

// Ids are drawn from a seeded source, which makes runs repeatable. A server never draws an id twice.

const alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

func newRandom(seed uint64) *rand.Rand {
	return rand.New(rand.NewPCG(seed, 0x52414d)) //nolint:gosec // a fake's ids are not secrets
}

// newUserID returns 18 decimal digits. (documented)
func (s *Server) newUserID() string {
	return s.unique(func() string { return "2" + s.draw("0123456789", 17) })
}

// newRoleID returns an id in the form of a user id. (documented)
func (s *Server) newRoleID() string {
	return s.unique(func() string { return "3" + s.draw("0123456789", 17) })
}

// newKeyID returns an id that starts with LTAI. (documented; 24 characters as in the samples)
func (s *Server) newKeyID() string {
	return s.unique(func() string { return "LTAI" + s.draw(alphanumeric, 20) })
}

// newCredentialID returns an id that starts with SC. (documented; the length is assumed)
func (s *Server) newCredentialID() string {
	return s.unique(func() string { return "SC" + s.draw(alphanumeric, 22) })
}

// newSessionKeyID returns an id that starts with "STS.". (documented)
func (s *Server) newSessionKeyID() string {
	return s.unique(func() string { return "STS." + s.draw(alphanumeric, 24) })
}

// newSecret returns 30 characters. (assumed)
func (s *Server) newSecret() string {
	return s.unique(func() string { return s.draw(alphanumeric, 30) })
}

// newSecurityToken returns a long token, because the length is not limited (documented), with characters that a form must
// encode.
func (s *Server) newSecurityToken() string {
	return s.unique(func() string { return "CAIS" + s.draw(alphanumeric+"+/", 594) + "==" })
}

// newRequestID returns an upper-case UUID. (documented)
func (s *Server) newRequestID() string {
	return strings.ToUpper(fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x",
		s.random.Uint32(), s.random.Uint32()&0xffff, s.random.Uint32()&0xfff,
		0x8000|s.random.Uint32()&0x3fff, s.random.Uint64()&0xffffffffffff))
}

func (s *Server) draw(alphabet string, n int) string {
	text := make([]byte, n)
	for i := range text {
		text[i] = alphabet[s.random.IntN(len(alphabet))]
	}
	return string(text)
}

func (s *Server) unique(draw func() string) string {
	for {
		if id := draw(); !s.issued[id] {
			s.issued[id] = true
			return id
		}
	}
}

var issuedID = regexp.MustCompile(`\d{18}|LTAI[A-Za-z0-9]{20}`)

// reserve prevents the server from drawing ids that the given account already has.
func (s *Server) reserve(account *Account) error {
	text, err := json.Marshal(account)
	if err != nil {
		return fmt.Errorf("cannot read the account: %w", err)
	}
	for _, id := range issuedID.FindAllString(string(text), -1) {
		s.issued[id] = true
	}
	return nil
}
