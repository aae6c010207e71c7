// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // RFC 6238's default, which every authenticator app supports
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
)

// stepSeconds is the validity of an MFA code (documented).
const stepSeconds = 30

// errSeed does not quote the seed.
var errSeed = errors.New("the seed is not Base32")

// TOTPStep returns the number of the time step of an MFA code, counted from 1970.
func TOTPStep(t time.Time) int64 {
	seconds := t.Unix()
	if seconds < 0 {
		seconds -= stepSeconds - 1 // round down, not towards 1970
	}
	return seconds / stepSeconds
}

// TOTP returns the MFA code of a Base32 seed in a time step: RFC 6238 with six digits
// (documented) and HMAC-SHA1 (assumed).
func TOTP(seed string, step int64) (code string, err error) {
	if err := CheckSHA1Allowed(); err != nil {
		return "", err
	}
	key, err := decodeSeed(seed)
	if err != nil {
		return "", err
	}
	if step < 0 {
		return "", errors.New("there is no MFA code of a time before 1970")
	}
	mac := hmac.New(sha1.New, key)
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(step)))
	sum := mac.Sum(nil)
	at := sum[len(sum)-1] & 0xf
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(sum[at:at+4])&0x7fffffff%1_000_000), nil
}

// isSeed reports whether a text has the form of the service's seeds.
func isSeed(text string) bool {
	_, err := decodeSeed(text)
	return err == nil
}

// decodeSeed decodes Base32 in the forms in which people copy it: upper or lower case, in
// groups, with or without padding.
func decodeSeed(seed string) ([]byte, error) {
	plain := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return unicode.ToUpper(r)
	}, seed)
	plain = strings.TrimRight(plain, "=")
	switch len(plain) % 8 {
	case 1, 3, 6: // not a possible length of Base32
		return nil, errSeed
	}
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(plain)
	if err != nil || len(key) == 0 {
		return nil, errSeed
	}
	return key, nil
}

// ServerTime returns the service's time: the local clock, corrected by the Date header of a
// response. Before the first response it calls GetCallerIdentity, which needs no
// permission. A refusal has a Date, too.
func (c *Client) ServerTime(ctx context.Context) (time.Time, error) {
	if now, known := c.ServerNow(); known {
		return now, nil
	}
	_, err := c.Caller(ctx)
	now, known := c.ServerNow()
	switch {
	case known:
		return now, nil
	case err != nil:
		return time.Time{}, err
	}
	return time.Time{}, errors.New("the service's time is not known: its responses have no date")
}
