// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package pgp

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	pgperrors "github.com/ProtonMail/go-crypto/openpgp/errors"
	"github.com/ProtonMail/go-crypto/openpgp/packet"

	"github.com/ram-security/terraform-provider-ram/internal/ram"
)

// LongestSecret limits the size of a decrypted message. The secrets of RAM are short, and a QR code
// has a few kilobytes.
const LongestSecret = 1 << 20

// Reasons why a message cannot be decrypted. None contains any part of the message or of the key.
var (
	errNoPrivateKey  = errors.New("private_key is not a PGP private key, neither ASCII-armored (-----BEGIN PGP PRIVATE KEY BLOCK-----, the output of gpg --armor --export-secret-keys) nor a binary key in Base64")
	errPrivateBlocks = errors.New("private_key contains several ASCII-armored blocks. Set one block, which may contain several keys, such as the output of gpg --armor --export-secret-keys")
	errPublicKey     = errors.New("private_key is a public key, which can only encrypt. Set the matching private key")
	errLocked        = errors.New("private_key is protected with a passphrase. Set passphrase")
	errPassphrase    = errors.New("passphrase does not unlock private_key")
	errNoMessage     = errors.New("encrypted_secret is not a PGP message. Set encrypted_secret of ram_access_key, or another such attribute, unchanged: a message in Base64 or ASCII-armored")
	errPlain         = errors.New("encrypted_secret is a PGP message that is not encrypted. If it contains a secret, everyone who saw it knows it")
	errSymmetric     = errors.New("encrypted_secret is encrypted with a passphrase only, not for a key. Only a secret that was encrypted for a key can be decrypted")
	errDamaged       = errors.New("encrypted_secret was changed after it was encrypted, or is incomplete: its integrity check fails. Nothing of it is returned")
	errTooLong       = errors.New("encrypted_secret is more than a secret: it is longer than a mebibyte")
	errBinary        = errors.New("encrypted_secret is not a text")
)

// Decrypt decrypts a message with a private key.
func Decrypt(ciphertext, privateKey, passphrase string) (string, error) {
	keys, err := readPrivateKeys(privateKey)
	if err != nil {
		return "", err
	}
	message, err := unarmoured(ciphertext)
	if err != nil || len(message) == 0 {
		return "", errNoMessage
	}
	details, err := openpgp.ReadMessage(bytes.NewReader(message), keys, unlocking(passphrase), nil)
	switch {
	case errors.Is(err, pgperrors.ErrKeyIncorrect):
		return "", fmt.Errorf("encrypted_secret is %s, and private_key is %s", addressed(message), keyNames(keys))
	case errors.Is(err, errLocked), errors.Is(err, errPassphrase), errors.Is(err, errSymmetric):
		return "", err
	case err != nil && len(recipients(message)) > 0:
		return "", errDamaged
	case err != nil:
		return "", errNoMessage
	case !details.IsEncrypted:
		return "", errPlain
	}
	return readSecret(details.UnverifiedBody)
}

// readSecret reads the message to its end, because only that completes the integrity check.
func readSecret(body io.Reader) (string, error) {
	text, err := io.ReadAll(io.LimitReader(body, LongestSecret+1))
	switch {
	case err != nil:
		return "", errDamaged
	case len(text) > LongestSecret:
		return "", errTooLong
	case !utf8.Valid(text):
		return "", errBinary
	}
	return string(text), nil
}

// readPrivateKeys parses keys, at least one of which must be a private key.
func readPrivateKeys(key string) (openpgp.EntityList, error) {
	if err := ram.CheckSHA1Allowed(); err != nil { // fingerprints of OpenPGP use SHA-1
		return nil, err
	}
	binary, err := unarmoured(key)
	switch {
	case errors.Is(err, errSeveralBlocks):
		return nil, errPrivateBlocks
	case err != nil:
		return nil, errNoPrivateKey
	}
	keys, err := openpgp.ReadKeyRing(bytes.NewReader(binary))
	switch {
	case err != nil || len(keys) == 0:
		return nil, errNoPrivateKey
	case !hasPrivate(keys):
		return nil, errPublicKey
	}
	return keys, nil
}

// unlocking returns a prompt that unlocks one of the keys for which a message may be encrypted.
// OpenPGP calls it again if it unlocked no key.
func unlocking(passphrase string) openpgp.PromptFunction {
	return func(keys []openpgp.Key, _ bool) ([]byte, error) {
		switch {
		case len(keys) == 0:
			return nil, errSymmetric
		case passphrase == "":
			return nil, errLocked
		}
		for _, key := range keys {
			if key.PrivateKey.Decrypt([]byte(passphrase)) == nil {
				return nil, nil
			}
		}
		return nil, errPassphrase
	}
}

// recipients returns the ids of the keys for which a message is encrypted.
func recipients(message []byte) (ids []string) {
	packets := packet.NewReader(bytes.NewReader(message))
	for {
		next, err := packets.Next()
		if err != nil {
			return ids
		}
		key, ok := next.(*packet.EncryptedKey)
		if !ok {
			return ids
		}
		ids = append(ids, fmt.Sprintf("%016X", key.KeyId))
	}
}

// addressed describes the recipients of a message. Key ids are not secret: the message contains them.
func addressed(message []byte) string {
	return "encrypted for the key with the id " + strings.Join(recipients(message), " or ")
}

// keyNames describes keys, with the ids under which messages are encrypted for them.
func keyNames(keys openpgp.EntityList) string {
	names := []string{}
	for _, entity := range keys {
		ids := []string{}
		for _, subkey := range entity.Subkeys {
			ids = append(ids, fmt.Sprintf("%016X", subkey.PublicKey.KeyId))
		}
		name := fmt.Sprintf("the key %X", entity.PrimaryKey.Fingerprint)
		if len(ids) > 0 {
			name += " with the subkeys " + strings.Join(ids, ", ")
		}
		names = append(names, name)
	}
	return strings.Join(names, " and ")
}

// unarmoured decodes a text that is in armour, in Base64, or both.
func unarmoured(text string) ([]byte, error) {
	text = strings.TrimSpace(text)
	if !strings.HasPrefix(text, "-----") {
		binary, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
		if err != nil || !bytes.HasPrefix(binary, []byte("-----")) {
			return binary, err
		}
		text = string(binary)
	}
	if err := checkOneBlock(text); err != nil {
		return nil, err
	}
	block, err := armor.Decode(strings.NewReader(text))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(block.Body)
}
