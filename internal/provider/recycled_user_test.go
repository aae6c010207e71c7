// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

const recycledUsers = "ram_users_in_recycle_bin"

func TestRecycledUsers_listOfSeveralPages(t *testing.T) {
	t.Parallel()
	for name, behave := range map[string]func(*ramtest.Behaviour){
		"as documented": func(*ramtest.Behaviour) {},
		"absent":        func(b *ramtest.Behaviour) { b.OmitEmptyFields = true },
		"small pages":   func(b *ramtest.Behaviour) { b.PageCap = 1 },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := incident(t)
			srv.SetBehaviour(behave)
			now := srv.Now()
			srv.Change(func(a *ramtest.Account) {
				for _, id := range []string{"31", "32"} { // deleted twice
					a.RecycledUsers = append(a.RecycledUsers, &ramtest.RecycledUser{User: ramtest.User{ID: id, Name: "erin", CreateDate: now.Add(-day)}, RecycleDate: now, DeleteDate: now.Add(30 * day)})
				}
			})
			c := newCore(t, srv.Getenv, fakeClock())
			all, diags := c.ReadData(recycledUsers, attributes{})
			clean(t, diags)
			expect(t, "account", in(t, all, "account_id"), defaultAccount)
			expect(t, "ids", usersIn(t, all), daveID+" dave, 31 erin, 32 erin")
			one, diags := c.ReadData(recycledUsers, attributes{"user_name": "erin"})
			clean(t, diags)
			expect(t, "ids", usersIn(t, one), "31 erin, 32 erin")
			none, diags := c.ReadData(recycledUsers, attributes{"user_name": "frank"})
			clean(t, diags)
			expect(t, "ids", usersIn(t, none), "")
			expect(t, "violations", srv.Violations(), []string{})
		})
	}
}

// A list that stops early reads no further page, and the list of an empty recycle bin is empty.
func TestRecycledUsers_emptyAndDenied(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	empty, diags := newCore(t, srv.Getenv, fakeClock()).ReadData(recycledUsers, attributes{})
	clean(t, diags)
	expect(t, "ids", usersIn(t, empty), "")
	srv.Inject(ramtest.Rule{Action: "ListUsersInRecycleBin", Code: "NoPermission", Status: 403})
	_, diags = newCore(t, srv.Getenv, fakeClock()).ReadData(recycledUsers, attributes{})
	contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot read the recycle bin of users", "Code: NoPermission")
}

func TestRestoreUser_withActiveKeysWarns(t *testing.T) {
	t.Parallel()
	srv := incident(t)
	srv.Change(func(a *ramtest.Account) { a.RecycledUsers[0].User.Keys[0].Status = "Active" })
	_, diags := newCore(t, srv.Getenv, fakeClock()).Invoke(userBack, attributes{"user_id": daveID})
	clean(t, diags)
	contains(t, acctest.Messages(diags), "WARNING: The restored user dave has active AccessKey pairs", "LTAIdave", "ram_deactivate_access_keys")
}

func TestRestoreUser_whoseNameIsTaken(t *testing.T) {
	t.Parallel()
	for _, side := range []string{"", "conflict", "renamed"} {
		srv := incident(t)
		srv.SetBehaviour(func(b *ramtest.Behaviour) { b.RestoreTakenName = side })
		srv.Change(func(a *ramtest.Account) { a.Users["dave"] = &ramtest.User{ID: "42", Name: "dave", Status: "active"} })
		progress, diags := newCore(t, srv.Getenv, fakeClock()).Invoke(userBack, attributes{"user_id": daveID})
		switch side {
		case "":
			refused(t, diags, "user_id", `Another user has the name "dave"`, "still in the recycle bin", "Rename or delete the other user")
		case "conflict":
			refused(t, diags, "", "Cannot restore the user", "The user is still in the recycle bin.", "The name of the user is in use.", "RestoreConflict.User.Name")
		case "renamed":
			clean(t, diags)
			contains(t, acctest.Messages(diags), "WARNING: The restored user has the name dave-"+daveID+" instead of dave", `another user has the name "dave"`)
			contains(t, strings.Join(progress, "\n"), `The user "dave-`+daveID+`" is restored.`)
		}
		kept := 1
		if side == "renamed" {
			kept = 0
		}
		expect(t, "recycle bin", len(account(srv).RecycledUsers), kept)
	}
}

// A user that is not deleted is never purged: the plan refuses it.
func TestPurgeUser_thatIsNotDeleted(t *testing.T) {
	t.Parallel()
	srv := incident(t)
	c := newCore(t, srv.Getenv, fakeClock())
	refused(t, c.PlanAction(userGone, attributes{"user_id": aliceID}), "user_id", `The user "alice", id `+aliceID+`, is not in the recycle bin`, "Nothing was changed.")
	_, diags := c.InvokeAction(t.Context(), userGone, attributes{"user_id": aliceID}, func(string) {})
	refused(t, diags, "user_id", `The user "alice", id `+aliceID+`, is not in the recycle bin`, "Nothing was changed.")
	expect(t, "writes", writes(srv), []string(nil))
}

// An interruption after the write ends with an error that states what exists now.
func TestRecycledUser_interrupted(t *testing.T) {
	t.Parallel()
	for kind, write := range map[string]string{userBack: "RestoreUserFromRecycleBin", userGone: "DeleteUserInRecycleBin"} {
		srv := incident(t)
		ctx, cancel := context.WithCancel(t.Context())
		srv.ChangeBefore(write, func(*ramtest.Account) { cancel() })
		_, diags := newCore(t, srv.Getenv, fakeClock()).InvokeAction(ctx, kind, attributes{"user_id": daveID}, func(string) {})
		contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot ", "Run the same command again to continue")
		cancel()
	}
}

// usersIn are the ids and names of the users in a list, in its order.
func usersIn(t *testing.T, v tftypes.Value) string {
	t.Helper()
	list := []string{}
	for _, user := range elementsOf(t, v, "users") {
		list = append(list, fmt.Sprintf("%v %v", in(t, user, "user_id"), in(t, user, "user_name")))
	}
	return strings.Join(list, ", ")
}
