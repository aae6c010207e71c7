// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/packet"

	"github.com/ram-security/terraform-provider-ram/internal/pgp"
)

// pgpPair makes a PGP key pair.
func pgpPair(t *testing.T, config *packet.Config) *openpgp.Entity {
	t.Helper()
	if config == nil {
		config = &packet.Config{Algorithm: packet.PubKeyAlgoEdDSA}
	}
	entity, err := openpgp.NewEntity("Alice", "", "alice@example.com", config)
	must(t, err)
	return entity
}

// public is the public half, as binary.
func public(t *testing.T, entity *openpgp.Entity) []byte {
	t.Helper()
	var out bytes.Buffer
	must(t, entity.Serialize(&out))
	return out.Bytes()
}

// private is the private half, as binary.
func private(t *testing.T, entity *openpgp.Entity) []byte {
	t.Helper()
	var out bytes.Buffer
	must(t, entity.SerializePrivateWithoutSigning(&out, nil))
	return out.Bytes()
}

func armoured(t *testing.T, kind string, binary []byte) string {
	t.Helper()
	var out bytes.Buffer
	w, err := armor.Encode(&out, kind, nil)
	must(t, err)
	_, err = w.Write(binary)
	must(t, err)
	must(t, w.Close())
	return out.String()
}

// publicKey is the public half as people paste it.
func publicKey(t *testing.T, entity *openpgp.Entity) string {
	t.Helper()
	return armoured(t, openpgp.PublicKeyType, public(t, entity))
}

// decrypted opens an encrypted secret.
func decrypted(t *testing.T, entity *openpgp.Entity, ciphertext string) string {
	t.Helper()
	binary, err := base64.StdEncoding.DecodeString(ciphertext)
	must(t, err)
	message, err := openpgp.ReadMessage(bytes.NewReader(binary), openpgp.EntityList{entity}, nil, nil)
	must(t, err)
	text, err := io.ReadAll(message.UnverifiedBody)
	must(t, err)
	return string(text)
}

func TestPGP_onlyTheRecipientCanDecrypt(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]*packet.Config{
		"Curve25519": {Algorithm: packet.PubKeyAlgoEdDSA},
		"RSA":        {Algorithm: packet.PubKeyAlgoRSA, RSABits: 2048},
		"NIST P-256": {Algorithm: packet.PubKeyAlgoECDSA, Curve: packet.CurveNistP256},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			entity := pgpPair(t, config)
			binary := public(t, entity)
			encoded := base64.StdEncoding.EncodeToString(binary)
			for form, key := range map[string]string{
				"armour":           publicKey(t, entity),
				"indented blanks":  "\n  " + publicKey(t, entity) + "\n\n",
				"Base64":           encoded,
				"Base64 in lines":  encoded[:64] + "\n" + encoded[64:] + "\n",
				"armour in Base64": base64.StdEncoding.EncodeToString([]byte(publicKey(t, entity))),
			} {
				to, err := pgp.CheckKey(key, time.Now())
				if err != nil {
					t.Fatalf("%s: %s", form, err)
				}
				ciphertext, err := to.Encrypt("the secret")
				must(t, err)
				expect(t, form, decrypted(t, entity, ciphertext), "the secret")
				expect(t, form+": fingerprint", len(to.Fingerprint), 40)
				again, err := to.Encrypt("the secret")
				must(t, err)
				if again == ciphertext {
					t.Error("two messages are the same")
				}
			}
		})
	}
}

func TestPGP_unusableKeysAreRefusedAndNotPrinted(t *testing.T) {
	t.Parallel()
	alice, bob, revoked, half := pgpPair(t, nil), pgpPair(t, nil), pgpPair(t, nil), pgpPair(t, nil)
	must(t, revoked.RevokeKey(packet.NoReason, "", nil))
	must(t, half.RevokeSubkey(&half.Subkeys[0], packet.NoReason, "", nil))
	signOnly := pgpPair(t, nil)
	signOnly.Subkeys = nil
	yearAgo := func() time.Time { return time.Now().AddDate(-1, 0, 0) }
	expired := pgpPair(t, &packet.Config{Algorithm: packet.PubKeyAlgoEdDSA, KeyLifetimeSecs: 3600, Time: yearAgo})
	future := pgpPair(t, &packet.Config{Algorithm: packet.PubKeyAlgoEdDSA, Time: func() time.Time { return time.Now().AddDate(1, 0, 0) }})
	secret := armoured(t, openpgp.PrivateKeyType, private(t, alice))
	encoded := base64.StdEncoding.EncodeToString(private(t, alice))
	for name, bad := range map[string]struct{ key, says string }{
		"empty":                   {" ", "it is empty"},
		"keybase":                 {"keybase:alice", "https://keybase.io/"},
		"anything":                {"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ alice@example.com", "not a PGP public key"},
		"Base64 of anything":      {base64.StdEncoding.EncodeToString([]byte("anything at all")), "not a PGP public key"},
		"armour of a message":     {armoured(t, "PGP MESSAGE", public(t, alice)), "not a PGP public key"},
		"half of the armour":      {publicKey(t, alice)[:200], "not a PGP public key"},
		"private":                 {secret, "it is a private key"},
		"private, broken":         {secret[:300], "it is a private key"},
		"private, another kind":   {"-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk\n", "it is a private key"},
		"private in Base64":       {encoded, "it is a private key"},
		"private in Base64, half": {encoded[:80], "it is a private key"},
		"private twice encoded":   {base64.StdEncoding.EncodeToString([]byte(secret)), "it is a private key"},
		"private behind a public": {base64.StdEncoding.EncodeToString(append(public(t, bob), private(t, alice)...)), "it is a private key"},
		"two":                     {base64.StdEncoding.EncodeToString(append(public(t, alice), public(t, bob)...)), "it contains 2 keys"},
		"two blocks":              {publicKey(t, alice) + "\n" + publicKey(t, bob), "several ASCII-armored blocks"},
		"two blocks in Base64":    {base64.StdEncoding.EncodeToString([]byte(publicKey(t, alice) + publicKey(t, bob))), "several ASCII-armored blocks"},
		"revoked":                 {publicKey(t, revoked), "it is revoked"},
		"subkey revoked":          {publicKey(t, half), "its encryption subkey"},
		"sign-only":               {publicKey(t, signOnly), "it can only sign"},
		"expired":                 {publicKey(t, expired), "it has expired"},
		"not yet valid":           {publicKey(t, future), "not valid yet"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := pgp.CheckKey(bad.key, time.Now())
			if err == nil {
				t.Fatal("it is accepted")
			}
			contains(t, err.Error(), bad.says)
			if errors.Is(err, pgp.ErrPrivateKey) != strings.HasPrefix(name, "private") {
				t.Errorf("taken for a private key: %s", err)
			}
			for line := range strings.Lines(bad.key) {
				if line = strings.TrimSpace(line); len(line) >= 16 && !strings.Contains(line, "-----") && strings.Contains(err.Error(), line) {
					t.Errorf("the key is echoed: %s", err)
				}
			}
		})
	}
}
