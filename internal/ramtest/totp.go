// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // the default of RFC 6238, which authenticator apps use
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/url"
	"time"

	"rsc.io/qr"
)

// totpStep is the duration of a time step of RFC 6238: 6 digits and 30 seconds (documented), HMAC-SHA1 and counted from
// 1970. (assumed)
const totpStep = 30 * time.Second

// TOTP returns the MFA code of a Base32 seed at a time, or "" if the seed is not Base32.
func TOTP(seed string, at time.Time) string {
	return totp(seed, step(at))
}

func step(at time.Time) int64 {
	return at.Unix() / int64(totpStep/time.Second)
}

func totp(seed string, step int64) string {
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(seed)
	if err != nil {
		return ""
	}
	var counter [8]byte
	binary.BigEndian.PutUint64(counter[:], uint64(step)) //nolint:gosec // steps before 1970 have no code
	mac := hmac.New(sha1.New, key)
	mac.Write(counter[:])
	sum := mac.Sum(nil)
	at := sum[len(sum)-1] & 0xf
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(sum[at:at+4])&0x7fffffff%1_000_000)
}

// newSeed returns 40 bytes in Base32. (documented as a sample; the length can differ)
func (s *Server) newSeed() string {
	return s.unique(func() string { return s.draw("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 64) })
}

// accepts returns the step of the first code if the second code is of the following step. The first code can be of any step
// from two steps ago to the next one, but not of a step that was accepted before. (assumed; Behaviour.RefuseOlderCodes,
// Behaviour.AcceptUsedCodes).
func (r *request) accepts(device *MFADevice, code1, code2 string) (int64, bool) {
	now := step(r.now)
	earliest, latest := now-2, now+1
	if r.server.behaviour.RefuseOlderCodes {
		earliest, latest = now-1, now-1
	}
	for t := earliest; t <= latest; t++ {
		if t <= device.LastStep && !r.server.behaviour.AcceptUsedCodes {
			continue
		}
		if totp(device.Seed, t) == code1 && totp(device.Seed, t+1) == code2 {
			return t, true
		}
	}
	return 0, false
}

// qrCode returns a PNG for authenticator apps. Its label is the account, the same for all devices. (observed once)
func (r *request) qrCode(seed string) ([]byte, error) {
	content := url.URL{
		Scheme: "otpauth", Host: "totp", Path: "/" + r.account.ID,
		RawQuery: url.Values{"secret": {seed}, "issuer": {"Aliyun"}}.Encode(),
	}
	code, err := qr.Encode(content.String(), qr.M)
	if err != nil {
		return nil, fmt.Errorf("cannot draw the QR code: %w", err)
	}
	return code.PNG(), nil
}
