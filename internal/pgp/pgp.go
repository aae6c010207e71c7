// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

// Package pgp encrypts secrets for a PGP key.
package pgp

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	pgperrors "github.com/ProtonMail/go-crypto/openpgp/errors"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// Recipient is the public key for which secrets are encrypted. Only the holder of the
// private key can decrypt them.
type Recipient struct {
	Fingerprint string // of the primary key, in hexadecimal

	entity *openpgp.Entity
	now    time.Time
}

// ErrPrivateKey means that a value is a private key instead of a public key.
var ErrPrivateKey = errors.New("it is a private key. The provider needs the public key only. " +
	"Remove the private key from the configuration, and if the file was shared or committed, treat the key as compromised")

// CheckKey parses a public key, armoured or in Base64, and encrypts a test message to check
// that the key can be used at the given time. No error contains any part of the key.
func CheckKey(key string, now time.Time) (Recipient, error) {
	entity, err := readPGP(key)
	if err != nil {
		return Recipient{}, err
	}
	if err := usable(entity, now); err != nil {
		return Recipient{}, err
	}
	r := Recipient{Fingerprint: fmt.Sprintf("%X", entity.PrimaryKey.Fingerprint), entity: entity, now: now}
	if _, err := r.Encrypt("test"); err != nil {
		return Recipient{}, err
	}
	return r, nil
}

// Encrypt returns the text as a binary OpenPGP message, in Base64.
func (r Recipient) Encrypt(text string) (string, error) {
	var message bytes.Buffer
	config := &packet.Config{DefaultCipher: packet.CipherAES256, Time: func() time.Time { return r.now }}
	w, err := openpgp.Encrypt(&message, []*openpgp.Entity{r.entity}, nil, &openpgp.FileHints{IsBinary: true}, config)
	if err == nil {
		_, err = w.Write([]byte(text))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return "", fmt.Errorf("cannot encrypt with the key: %w", err)
	}
	return base64.StdEncoding.EncodeToString(message.Bytes()), nil
}

// readPGP parses a text that contains exactly one public key.
func readPGP(key string) (*openpgp.Entity, error) {
	if err := ram.CheckSHA1Allowed(); err != nil { // fingerprints of OpenPGP use SHA-1
		return nil, err
	}
	key = strings.TrimSpace(key)
	switch {
	case key == "":
		return nil, errors.New("it is empty")
	case strings.HasPrefix(strings.ToLower(key), "keybase:"):
		return nil, errors.New("the provider does not download keys from Keybase. Set the public key, for example " +
			`pgp_key = file("alice.asc"), after curl https://keybase.io/alice/pgp_keys.asc > alice.asc`)
	case strings.Contains(key, "PRIVATE KEY"):
		return nil, ErrPrivateKey
	}
	entities, err := readRing(key)
	var unsupported pgperrors.UnsupportedError
	switch {
	case errors.Is(err, ErrPrivateKey), errors.Is(err, errSeveralBlocks):
		return nil, err
	case errors.As(err, &unsupported):
		return nil, fmt.Errorf("its type is not supported: %w", unsupported)
	case err != nil || len(entities) == 0:
		return nil, errors.New("it is not a PGP public key, neither ASCII-armored (-----BEGIN PGP PUBLIC KEY BLOCK-----) nor a binary key in Base64")
	case hasPrivate(entities):
		return nil, ErrPrivateKey
	case len(entities) > 1:
		return nil, fmt.Errorf("it contains %d keys. Set one key", len(entities))
	}
	return entities[0], nil
}

// errSeveralBlocks means that a text contains several armoured keys, of which OpenPGP reads
// only the first.
var errSeveralBlocks = errors.New("it contains several ASCII-armored blocks. Set one key in one block")

// checkOneBlock returns an error if a text contains several armoured blocks.
func checkOneBlock(text string) error {
	if strings.Count(text, "-----BEGIN PGP ") > 1 {
		return errSeveralBlocks
	}
	return nil
}

// readRing parses keys in armour, in Base64, or in armour in Base64.
func readRing(key string) (openpgp.EntityList, error) {
	if strings.HasPrefix(key, "-----") {
		if err := checkOneBlock(key); err != nil {
			return nil, err
		}
		return openpgp.ReadArmoredKeyRing(strings.NewReader(key))
	}
	binary, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(key), ""))
	if err != nil {
		return nil, err
	}
	if bytes.HasPrefix(binary, []byte("-----")) {
		if bytes.Contains(binary, []byte("PRIVATE KEY")) {
			return nil, ErrPrivateKey
		}
		if err := checkOneBlock(string(binary)); err != nil {
			return nil, err
		}
		return openpgp.ReadArmoredKeyRing(bytes.NewReader(binary))
	}
	if beginsPrivate(binary) {
		return nil, ErrPrivateKey
	}
	return openpgp.ReadKeyRing(bytes.NewReader(binary))
}

// beginsPrivate reports whether the first packet has the tag of a private key: 5 is a secret
// key, 7 a secret subkey. A private key that cannot be parsed is still a private key.
func beginsPrivate(binary []byte) bool {
	if len(binary) == 0 || binary[0]&0x80 == 0 {
		return false
	}
	tag := binary[0] >> 2 & 0x0f // older packet format
	if binary[0]&0x40 != 0 {
		tag = binary[0] & 0x3f
	}
	return tag == 5 || tag == 7
}

func hasPrivate(entities openpgp.EntityList) bool {
	for _, entity := range entities {
		if entity.PrivateKey != nil {
			return true
		}
		for _, subkey := range entity.Subkeys {
			if subkey.PrivateKey != nil {
				return true
			}
		}
	}
	return false
}

// usable returns an error if the key cannot encrypt.
func usable(entity *openpgp.Entity, now time.Time) error {
	if _, ok := entity.EncryptionKey(now); ok {
		return nil
	}
	signature, identity := entity.PrimarySelfSignature()
	switch {
	case signature == nil:
		return errors.New("it has no self-signature, so its permitted use is unknown")
	case entity.Revoked(now) || identity != nil && identity.Revoked(now):
		return errors.New("it is revoked. Set a valid key")
	case entity.PrimaryKey.KeyExpired(signature, now) || signature.SigExpired(now):
		return errors.New("it has expired, or is not valid yet. Extend it, export it again, and set the new export")
	}
	for _, subkey := range entity.Subkeys {
		if subkey.Sig.FlagsValid && subkey.Sig.FlagEncryptCommunications {
			return errors.New("its encryption subkey has expired, is revoked, or is not supported. Add one, export the key again, and set the new export")
		}
	}
	return errors.New("it can only sign: it has no encryption subkey")
}

// KeyValidator rejects a value that is not a public key. It does not check the expiration.
type KeyValidator struct{}

func (KeyValidator) Description(context.Context) string {
	return "value must be one PGP public key, ASCII-armored or in Base64"
}

func (f KeyValidator) MarkdownDescription(ctx context.Context) string { return f.Description(ctx) }

func (KeyValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	_, err := readPGP(req.ConfigValue.ValueString())
	ReportKeyError(&resp.Diagnostics, err)
}

// ReportKeyError reports an error of pgp_key before anything is created. For a private key
// the diagnostic has no attribute path, because a CLI would quote the lines of the
// configuration that contain the key.
func ReportKeyError(diags *diag.Diagnostics, err error) bool {
	const summary, state = "Cannot use the PGP key", "Nothing was created with it."
	switch {
	case err == nil:
		return false
	case errors.Is(err, ErrPrivateKey):
		diags.AddError(summary, "The value of pgp_key cannot be used: "+err.Error()+". "+state)
	default:
		diags.AddAttributeError(path.Root("pgp_key"), summary, "It cannot be used: "+err.Error()+". "+state)
	}
	return true
}
