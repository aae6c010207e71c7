// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"strings"
	"testing"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

func TestTOTPAgreesWithTheRFC(t *testing.T) {
	t.Parallel()
	const seed = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" // 12345678901234567890
	for at, want := range map[int64][2]string{
		59: {"287082", "359152"}, 1111111109: {"081804", "050471"}, 1111111111: {"050471", ""}, 1234567890: {"005924", "590587"},
		2000000000: {"279037", "637009"}, 20000000000: {"353130", ""},
	} {
		for i, want := range want {
			step := TOTPStep(time.Unix(at, 0)) + int64(i)
			if got, err := TOTP(seed, step); want != "" && (err != nil || got != want) {
				t.Errorf("%d, step %d: got %s, want %s, error %v", at, step, got, want, err)
			}
		}
	}
}

func TestTOTP_seedForms(t *testing.T) {
	t.Parallel()
	const want = "287082"
	for _, seed := range []string{
		"gezdgnbvgy3tqojqgezdgnbvgy3tqojq", " GEZD GNBV GY3T QOJQ\tGEZD GNBV GY3T QOJQ\n", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ======",
	} {
		if got, err := TOTP(seed, 1); err != nil || got != want {
			t.Errorf("%q: got %s, error %v", seed, got, err)
		}
	}
	padded, err := TOTP("GEZDGNBVGY======", 1)
	plain, plainErr := TOTP("GEZDGNBVGY", 1)
	if err != nil || plainErr != nil || padded != plain {
		t.Errorf("padded %s, %v; plain %s, %v", padded, err, plain, plainErr)
	}
	for _, seed := range []string{"", "====", "G", "GEZ", "GEZDGN", "0189", "GEZD-GNBV", "GEZD=GNBV", "héllo234"} {
		if got, err := TOTP(seed, 1); err == nil || seed != "" && seed != "G" && strings.Contains(err.Error(), seed) {
			t.Errorf("%q: got %s, error %v", seed, got, err)
		}
	}
	if _, err := TOTP("GEZDGNBV", -1); err == nil {
		t.Error("a step before 1970 has a code")
	}
}

func TestStepsChangeEveryThirtySeconds(t *testing.T) {
	t.Parallel()
	for seconds, want := range map[int64]int64{-31: -2, -30: -1, -1: -1, 0: 0, 29: 0, 30: 1, 59: 1, 60: 2} {
		if got := TOTPStep(time.Unix(seconds, 0)); got != want {
			t.Errorf("%d s: got %d, want %d", seconds, got, want)
		}
	}
}

func TestServerTime_atMostOneCall(t *testing.T) {
	t.Parallel()
	fake := ramtest.New(t)
	fake.Advance(10 * time.Minute)
	client := askingClientOf(t, fake)
	for range 3 {
		if now, err := client.ServerTime(t.Context()); err != nil || now.Sub(fake.Now()).Abs() > 30*time.Second {
			t.Errorf("now %s, want %s, error %v", now, fake.Now(), err)
		}
	}
	if got := len(fake.Calls()); got != 1 {
		t.Errorf("%d calls", got)
	}
}

func TestServerTime_fromARefusal(t *testing.T) {
	t.Parallel()
	fake := ramtest.New(t)
	fake.Advance(-10 * time.Minute)
	fake.Inject(ramtest.Rule{Fault: "code", Code: "NoPermission"})
	if now, err := askingClientOf(t, fake).ServerTime(t.Context()); err != nil || now.Sub(fake.Now()).Abs() > 30*time.Second {
		t.Errorf("now %s, want %s, error %v", now, fake.Now(), err)
	}
}

func TestServerTime_isNotGuessed(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 500} {
		client := newAskingClient(t, "http://127.0.0.1:1", func(c *Config) { c.MaxRetries = 0 })
		client.http.Transport = canned{status, "application/json", identityBody}
		if now, err := client.ServerTime(t.Context()); err == nil || !now.IsZero() {
			t.Errorf("HTTP %d: now %s, error %v", status, now, err)
		}
	}
}
