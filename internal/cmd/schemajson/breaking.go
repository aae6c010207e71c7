// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"
	"slices"
	"strings"
)

// breach is an incompatible change of a released schema.
type breach struct {
	of   line
	what string
}

func (b breach) String() string { return fmt.Sprintf("%s %s: %s", b.of.kind, b.of.name, b.what) }

// breaches returns the changes that make a valid configuration or state invalid.
func breaches(before, after []line) (found []breach) {
	now, was := index(after), index(before)
	for _, old := range before {
		next, there := now[old.key()]
		switch {
		case old.kind == identify && upgradesIdentity(old, was, now):
		case !there && !parentRemoved(old, was, now):
			found = append(found, breach{old, "is gone"})
		case there:
			found = append(found, old.breaches(next)...)
		}
	}
	for _, added := range after {
		owner, _, inner := strings.Cut(added.name, ".")
		_, known := was[added.key()]
		_, old := was[added.kind+" "+owner]
		switch {
		case known || !inner || !old && added.kind != "provider":
		case added.kind == identify && upgradesIdentity(added, was, now):
		case added.kind == identify:
			found = append(found, breach{added, "is new in the identity, and the identity has no new version"})
		case added.has("required") && !inOptional(added, was):
			found = append(found, breach{added, "is new and required"})
		}
	}
	return found
}

func index(all []line) map[string]line {
	out := map[string]line{}
	for _, l := range all {
		out[l.key()] = l
	}
	return out
}

// upgradesIdentity reports whether an identity has a new version, to which it can be
// upgraded.
func upgradesIdentity(l line, was, now map[string]line) bool {
	owner, _, _ := strings.Cut(l.name, ".")
	key := identify + " " + owner
	_, there := now[key]
	return there && was[key].shape != now[key].shape
}

// parentRemoved reports whether the parent of the line was removed too, because that counts
// as one breach.
func parentRemoved(l line, was, now map[string]line) bool {
	at := strings.LastIndex(l.name, ".")
	if at < 0 {
		return false
	}
	holder := l.kind + " " + l.name[:at]
	_, before := was[holder]
	_, after := now[holder]
	return before && !after
}

// inOptional reports whether the parent of a new line is new or optional, so that no
// existing configuration requires the line.
func inOptional(l line, was map[string]line) bool {
	at := strings.LastIndex(l.name, ".")
	holder, known := was[l.kind+" "+l.name[:at]]
	return strings.Contains(l.name[:at], ".") && (!known || !holder.has("required") && !holder.has("optional"))
}

func (l line) breaches(next line) (found []breach) {
	say := func(is bool, format string, parts ...any) {
		if is {
			found = append(found, breach{l, fmt.Sprintf(format, parts...)})
		}
	}
	numbered := strings.HasPrefix(l.shape, "version=")
	say(numbered && strings.Compare(next.shape, l.shape) < 0, "went back from %s to %s", l.shape, next.shape)
	say(!numbered && next.shape != l.shape, "was %s and is %s", l.shape, next.shape)
	say(next.has("required") && !l.has("required"), "has to be set now")
	say(l.settable() && !next.settable(), "cannot be set any more")
	say(l.has("computed") && !next.has("computed"), "has no value of its own any more")
	say(l.has("write_only") != next.has("write_only"), "changed whether it is write-only")
	say(l.has("nullable") && !next.has("nullable"), "cannot be null any more")
	return found
}

func (l line) settable() bool { return l.has("required") || l.has("optional") }

// announced reports whether the changelog names a breach under the unreleased version: its
// type and the last part of its name, in one line.
func (b breach) announced(changelog string) bool {
	owner, rest, _ := strings.Cut(b.of.name, ".")
	last := rest[strings.LastIndex(rest, ".")+1:]
	return slices.ContainsFunc(breaking(changelog), func(entry string) bool {
		return strings.Contains(entry, owner) && (last == "" || strings.Contains(entry, "`"+last+"`"))
	})
}

// breaking returns the entries under BREAKING CHANGES of the first version, if that is
// unreleased.
func breaking(changelog string) (entries []string) {
	within := false
	for one := range strings.Lines(changelog) {
		switch text := strings.TrimSpace(one); {
		case strings.HasPrefix(text, "## "):
			if !strings.HasSuffix(text, "(Unreleased)") {
				return entries
			}
		case strings.HasSuffix(text, ":") && strings.ToUpper(text) == text:
			within = text == "BREAKING CHANGES:"
		case within && strings.HasPrefix(text, "* "):
			entries = append(entries, text)
		}
	}
	return entries
}

// released reports whether the changelog contains a released version.
func released(changelog string) bool {
	for one := range strings.Lines(changelog) {
		if text := strings.TrimSpace(one); strings.HasPrefix(text, "## ") && !strings.HasSuffix(text, "nreleased)") && text != "## Unreleased" {
			return true
		}
	}
	return false
}
