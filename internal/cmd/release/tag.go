// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// tag verifies that a tag is signed with one of the keys in an allowed-signers file.
func tag(ctx context.Context, arguments []string, out, progress io.Writer) error {
	flags := flag.NewFlagSet("release tag", flag.ContinueOnError)
	flags.SetOutput(progress)
	allowed := flags.String("allowed", allowedSigners, "`file` with the keys that may sign a tag")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	if flags.NArg() != 1 {
		return errors.New("usage: release tag [-allowed FILE] TAG")
	}
	if err := verifyTag(ctx, ".", *allowed, flags.Arg(0)); err != nil {
		return err
	}
	fmt.Fprintf(out, "%s is signed by a key of %s\n", flags.Arg(0), *allowed)
	return nil
}

// verifyTag verifies a tag of the repository in a directory. Git does not compare the name
// in the tag object with the reference and, by default, does not compare the key with a
// list.
func verifyTag(ctx context.Context, directory, allowed, name string) error {
	allowed, err := filepath.Abs(allowed)
	if err != nil {
		return err
	}
	signers, err := keyLines(allowed)
	if err != nil {
		return err
	}
	if len(signers) == 0 {
		return fmt.Errorf("%s contains no key: no tag can be verified", allowed)
	}
	git := command{directory: directory, log: io.Discard}
	reference := "refs/tags/" + name
	kind, err := git.run(ctx, "git", "cat-file", "-t", reference)
	if err != nil {
		return err
	}
	if strings.TrimSpace(kind) != "tag" {
		return fmt.Errorf("%s is a lightweight tag, which has no signature", name)
	}
	object, err := git.run(ctx, "git", "cat-file", "tag", reference)
	if err != nil {
		return err
	}
	header, _, _ := strings.Cut(object, "\n\n")
	if !strings.Contains(header+"\n", "\ntag "+name+"\n") {
		return fmt.Errorf("the tag object of %s has another name", name)
	}
	// OpenPGP signatures are rejected, because the list contains SSH keys only.
	_, err = git.run(ctx, "git", "-c", "gpg.program=false", "-c", "gpg.x509.program=false", "-c", "gpg.minTrustLevel=fully",
		"-c", "gpg.ssh.allowedSignersFile="+allowed, "verify-tag", reference)
	return err
}

// keyLines returns the lines of a file that are neither empty nor comments.
func keyLines(file string) (lines []string, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	return lines, nil
}
