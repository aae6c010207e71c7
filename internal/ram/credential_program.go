// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"encoding/json"
	"errors"
	"os/exec"
	"strings"
	"time"
)

// programTimeout limits the program of a profile, which may prompt the user.
const programTimeout = time.Minute

var (
	errProgramFailed = errors.New("it failed (its output is not shown, because it may contain secrets)")
	errProgramOutput = errors.New("it did not print credentials (its output is not shown, because it may contain secrets)")
	errOpenQuotes    = errors.New("its command has an unterminated quotation mark")
)

// programReader reads the key that a program prints. The program is started without a
// shell.
func programReader(command string) keyReader {
	return func(ctx context.Context, _ bool) (Key, time.Time, error) {
		words, err := splitCommand(command)
		if err != nil {
			return Key{}, time.Time{}, err
		}
		if len(words) == 0 {
			return Key{}, time.Time{}, errProgramFailed
		}
		ctx, cancel := context.WithTimeout(ctx, programTimeout)
		defer cancel()
		output, err := exec.CommandContext(ctx, words[0], words[1:]...).Output() //nolint:gosec // the command of the user's own configuration
		switch {
		case ctx.Err() != nil:
			return Key{}, time.Time{}, ctx.Err()
		case err != nil:
			return Key{}, time.Time{}, errProgramFailed
		}
		return parseProgramOutput(output)
	}
}

// parseProgramOutput parses a profile in the form that the program prints: a long-lived key
// or a session (observed, in the vendor's library).
func parseProgramOutput(output []byte) (Key, time.Time, error) {
	var printed struct {
		Mode            text   `json:"mode"`
		AccessKeyID     text   `json:"access_key_id"`
		AccessKeySecret secret `json:"access_key_secret"`
		StsToken        secret `json:"sts_token"`
		Expiration      text   `json:"expiration"`
	}
	if json.Unmarshal(output, &printed) != nil {
		return Key{}, time.Time{}, errProgramOutput
	}
	key := Key{ID: string(printed.AccessKeyID), Secret: string(printed.AccessKeySecret), Token: string(printed.StsToken)}
	switch mode := strings.ToLower(string(printed.Mode)); {
	case key.ID == "" || key.Secret == "" || mode != "" && mode != "ak" && mode != "ststoken":
		return Key{}, time.Time{}, errProgramOutput
	case key.Token == "" && (mode == "ststoken" || isTemporary(key.ID)):
		return Key{}, time.Time{}, errNoToken
	}
	end, _ := time.Parse(time.RFC3339, string(printed.Expiration)) // zero if unknown
	return key, end, nil
}

// splitCommand splits a command into words at blanks outside quotation marks.
func splitCommand(command string) ([]string, error) {
	var words []string
	var word strings.Builder
	var quote rune
	started := false
	for _, r := range command {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '"' || r == '\'':
			quote, started = r, true
		case r == ' ' || r == '\t' || r == '\n':
			if started {
				words, started = append(words, word.String()), false
				word.Reset()
			}
		default:
			word.WriteRune(r)
			started = true
		}
	}
	if quote != 0 {
		return nil, errOpenQuotes
	}
	if started {
		words = append(words, word.String())
	}
	return words, nil
}
