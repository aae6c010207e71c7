// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package campaign

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// chosen is what the household says of the settings.
type chosen struct {
	session, length int
	alias           string
}

func chosenIn(a *ramtest.Account) chosen {
	return chosen{a.Preference.LoginSessionDuration, a.Policy.MinimumPasswordLength, a.Alias}
}

// check compares the account with the state and with what was wanted.
func (s *scene) check(one strike, forbid func(string, ...any)) {
	text, err := os.ReadFile(filepath.Join(s.directory, stateFile))
	if err != nil {
		forbid("there is no state: %s", err)
		return
	}
	kept := secretsIn(text)
	s.srv.Change(func(a *ramtest.Account) {
		carol := a.Users["carol"]
		if one.deed.name == deletes {
			if carol != nil || len(a.MFADevices) > 1 || s.retain == nil && chosenIn(a) != (chosen{24, 10, ""}) {
				forbid("after the destroy there is %v, %d devices, and the settings are %v", carol, len(a.MFADevices), chosenIn(a))
			}
			return
		}
		comments, settings := "one", chosen{8, 12, "example-1"}
		if one.deed.name == updates {
			comments, settings = "two", chosen{9, 13, "example-2"}
		}
		if carol == nil || carol.Comments != comments || carol.LoginProfile == nil || chosenIn(a) != settings || len(a.MFADevices) != 2 {
			forbid("carol is %+v, the settings are %v, and there are %d devices", carol, chosenIn(a), len(a.MFADevices))
			return
		}
		for _, key := range carol.Keys {
			if secret, tracked := kept[key.ID]; tracked && secret != key.Secret {
				forbid("the secret of %s in the state is not that of the service", key.ID)
			} else if !tracked && !strings.Contains(s.told, key.ID) {
				forbid("the key %s is in no state, and nobody was told", key.ID)
			}
		}
		if len(kept) != 1 || len(carol.Keys) > 2 {
			forbid("carol has %d keys, and the state %d", len(carol.Keys), len(kept))
		}
	})
	for _, violation := range s.srv.Violations() {
		forbid("the service objects: %s", violation)
	}
}
