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
	"regexp"
	"strconv"
	"strings"
	"time"
)

// tag verifies that a tag is signed with one of the keys in an allowed-signers file.
func tag(ctx context.Context, arguments []string, out, progress io.Writer) error {
	flags := flag.NewFlagSet("release tag", flag.ContinueOnError)
	flags.SetOutput(progress)
	allowed := flags.String("allowed", allowedSigners, "`file` with the keys that may sign a tag")
	recent := flags.Bool("recent", false, "for a new tag: refuse a date that differs from now by more than a day")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	if flags.NArg() != 1 {
		return errors.New("usage: release tag [-allowed FILE] [-recent] TAG")
	}
	date, err := verifyTag(ctx, ".", *allowed, flags.Arg(0))
	if err != nil {
		return err
	}
	if *recent {
		if err := isRecent(date, time.Now()); err != nil {
			return fmt.Errorf("%s: %w", flags.Arg(0), err)
		}
	}
	fmt.Fprintf(out, "%s is signed by a key of %s\n", flags.Arg(0), *allowed)
	return nil
}

// isRecent checks the date of a new tag. Git compares the period in which a key is valid
// with this date, which the author of the tag chooses.
func isRecent(date, now time.Time) error {
	if apart := now.Sub(date).Abs(); apart > 24*time.Hour {
		return fmt.Errorf("the date of the tag, %s, differs from now by more than a day", date.UTC().Format(time.DateTime))
	}
	return nil
}

// verifyTag verifies a tag of the repository in a directory, and returns its date. Git does
// not compare the name in the tag object with the reference and, by default, does not
// compare the key with a list.
func verifyTag(ctx context.Context, directory, allowed, name string) (date time.Time, err error) {
	allowed, err = filepath.Abs(allowed)
	if err != nil {
		return date, err
	}
	signers, err := keyLines(allowed)
	if err != nil {
		return date, err
	}
	if len(signers) == 0 {
		return date, fmt.Errorf("%s contains no key: no tag can be verified", allowed)
	}
	// A reference below refs/replace could exchange the tag object or its commit.
	git := command{directory: directory, environment: append(os.Environ(), "GIT_NO_REPLACE_OBJECTS=1"), log: io.Discard}
	reference := "refs/tags/" + name
	kind, err := git.run(ctx, "git", "cat-file", "-t", reference)
	if err != nil {
		return date, err
	}
	if strings.TrimSpace(kind) != "tag" {
		return date, fmt.Errorf("%s is a lightweight tag, which has no signature", name)
	}
	object, err := git.run(ctx, "git", "cat-file", "tag", reference)
	if err != nil {
		return date, err
	}
	header, _, _ := strings.Cut(object, "\n\n")
	if !strings.Contains(header+"\n", "\ntag "+name+"\n") {
		return date, fmt.Errorf("the tag object of %s has another name", name)
	}
	if date, err = taggerDate(header); err != nil {
		return date, fmt.Errorf("%s: %w", name, err)
	}
	// OpenPGP signatures are rejected, because the list contains SSH keys only.
	_, err = git.run(ctx, "git", "-c", "gpg.program=false", "-c", "gpg.x509.program=false", "-c", "gpg.minTrustLevel=fully",
		"-c", "gpg.ssh.program=ssh-keygen", "-c", "gpg.ssh.allowedSignersFile="+allowed, "verify-tag", reference)
	return date, err
}

// taggerPattern matches the line of a tag object with its author and date.
var taggerPattern = regexp.MustCompile(`(?m)^tagger .*> (\d{1,12}) [+-]\d{4}$`)

func taggerDate(header string) (time.Time, error) {
	lines := taggerPattern.FindAllStringSubmatch(header, -1)
	if len(lines) != 1 {
		return time.Time{}, fmt.Errorf("the tag object has %d dates, want 1", len(lines))
	}
	seconds, err := strconv.ParseInt(lines[0][1], 10, 64)
	return time.Unix(seconds, 0), err
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
