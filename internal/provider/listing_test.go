// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/querycheck"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/listing"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// A list returns the same as an import by its identity and the Read after it, without secrets, and makes no call that
// its results do not need.
func TestList_returnsWhatAnImportReads(t *testing.T) {
	t.Parallel()
	eachSubject(t, func(t *testing.T, kind string, s acctest.Existing, _ *ramtest.Server, c *acctest.Driver) {
		if s.Unlisted != "" {
			return
		}
		imported, diags := c.Import(kind, s.ID)
		clean(t, diags)
		for _, whole := range []bool{true, false} {
			r := theOne(t, c, kind, s, whole)
			if r.Name == "" {
				t.Error("it has no name for a person to read")
			}
			expect(t, "with its resource", !r.State.IsNull(), whole)
			if whole && !r.State.Equal(imported.State) {
				t.Errorf("listed as %v, imported as %v", r.State, imported.State)
			}
		}
		// A block without a configuration may come as no value at all.
		stream, err := c.Server.(tfprotov6.ListResourceServer).ListResource(t.Context(), &tfprotov6.ListResourceRequest{
			TypeName: kind, Limit: 100, Config: c.Dynamic(tftypes.NewValue(c.Schemas.ListResourceSchemas[kind].ValueType(), nil)),
		})
		must(t, err)
		for r := range stream.Results {
			clean(t, r.Diagnostics)
		}
	})
}

// theOne is the subject among what a list finds.
func theOne(t *testing.T, c *acctest.Driver, kind string, s acctest.Existing, whole bool) (one acctest.ListResult) {
	t.Helper()
	for _, r := range c.List(kind, nil, whole, 0) {
		clean(t, r.Diagnostics)
		if acctest.FormatIdentity(r.Identity) == s.FormatIdentity() {
			one = r
		}
	}
	if one.Name == "" {
		t.Fatal("it is not listed")
	}
	return one
}

// namesOf are what a list calls its results, and those in which something went wrong.
func namesOf(results []acctest.ListResult) (names []string, failures []string) {
	for _, r := range results {
		if len(r.Diagnostics) > 0 {
			failures = append(failures, acctest.Messages(r.Diagnostics))
			continue
		}
		names = append(names, r.Name)
	}
	slices.Sort(names)
	return names, failures
}

// peopled is an account with users of many kinds.
func peopled(t *testing.T, options ...ramtest.Option) *ramtest.Server {
	t.Helper()
	srv := withOneOfEach(t, options...)
	now := srv.Now()
	srv.Change(func(a *ramtest.Account) {
		a.Users["alice"].LastLoginDate = now
		for n, name := range []string{"bob", "carol", "dave"} {
			a.Users[name] = &ramtest.User{
				ID: fmt.Sprintf("30000000000000000%d", n), Name: name, DisplayName: name, Status: "active", CreateDate: now, UpdateDate: now,
				LoginProfile: &ramtest.LoginProfile{Password: "x", Status: "Active", CreateDate: now, UpdateDate: now, PasswordDate: now},
			}
		}
		a.Users["carol"].LoginProfile.Status = "Inactive"
		a.Users["dave"].LoginProfile = nil
		a.Users["bob"].SecurityPhone = ramtest.Verification{Address: "86-13900009999", Status: "active"}
		loose := "acs:ram::" + defaultAccount + ":mfa/loose"
		a.MFADevices[loose] = &ramtest.MFADevice{Name: "loose", Serial: loose, Seed: "JBSWY3DPEHPK3PXP", CreateDate: now}
	})
	addKey(srv, "bob", "LTAIbob", 200*day)
	addKey(srv, "carol", "LTAIcarol", day)
	srv.Change(func(a *ramtest.Account) {
		a.Users["bob"].Keys[0].Policy = strings.Replace(oldKeyPolicy, "Inactive", "Active", 1)
		a.Users["carol"].Keys[0].Status = "Inactive"
	})
	return srv
}

func TestList_filters(t *testing.T) {
	t.Parallel()
	own := "admin LTAI"
	for _, test := range []struct {
		kind   string
		config attributes
		want   []string
	}{
		{userKind, attributes{}, []string{"admin", "alice", "bob", "carol", "dave"}},
		{userKind, attributes{"name_regex": "^[ab]"}, []string{"admin", "alice", "bob"}},
		{userKind, attributes{"never_logged_on": true}, []string{"admin", "bob", "carol", "dave"}},
		{userKind, attributes{"never_logged_on": false}, []string{"alice"}},
		{userKind, attributes{"never_logged_on": true, "name_regex": "o"}, []string{"bob", "carol"}},

		{profileKind, attributes{}, []string{"alice (Active)", "bob (Active)", "carol (Inactive)"}},
		{profileKind, attributes{"status": "Active"}, []string{"alice (Active)", "bob (Active)"}},
		{profileKind, attributes{"status": "Active", "without_mfa": true}, []string{"bob (Active)"}},
		{profileKind, attributes{"without_mfa": true}, []string{"bob (Active)", "carol (Inactive)"}},
		{profileKind, attributes{"without_mfa": false}, []string{"alice (Active)"}},
		{profileKind, attributes{"user_name": "carol"}, []string{"carol (Inactive)"}},
		{profileKind, attributes{"user_name": "dave"}, nil},
		{profileKind, attributes{"name_regex": "^c"}, []string{"carol (Inactive)"}},

		{accessKey, attributes{}, []string{own, "alice " + aliceKey + " (Active)", "bob LTAIbob (Active)", "carol LTAIcarol (Inactive)"}},
		{accessKey, attributes{"name_regex": "^[bc]"}, []string{"bob LTAIbob (Active)", "carol LTAIcarol (Inactive)"}},
		{accessKey, attributes{"without_network_policy": true}, []string{own, "alice " + aliceKey + " (Active)", "carol LTAIcarol (Inactive)"}},
		{accessKey, attributes{"without_network_policy": false}, []string{"bob LTAIbob (Active)"}},
		{accessKey, attributes{"without_network_policy": true, "status": "Inactive"}, []string{"carol LTAIcarol (Inactive)"}},
		{accessKey, attributes{"older_than_days": 100}, []string{"bob LTAIbob (Active)"}},
		{accessKey, attributes{"unused_for_days": 100, "without_network_policy": true}, nil},

		{ownPolicy, attributes{}, []string{"alice " + aliceKey + " (Inactive)", "bob LTAIbob (Active)"}},
		{ownPolicy, attributes{"status": "Active"}, []string{"bob LTAIbob (Active)"}},
		{ownPolicy, attributes{"user_name": "alice"}, []string{"alice " + aliceKey + " (Inactive)"}},
		{ownPolicy, attributes{"name_regex": "^z"}, nil},

		{deviceKind, attributes{}, []string{"loose", "phone"}},
		{deviceKind, attributes{"unbound": true}, []string{"loose"}},
		{deviceKind, attributes{"unbound": false}, []string{"phone"}},
		{deviceKind, attributes{"user_name": "alice"}, []string{"phone"}},
		{deviceKind, attributes{"user_name": "alice", "unbound": false}, []string{"phone"}},
		{deviceKind, attributes{"user_name": "bob"}, nil},

		{bindingKind, attributes{}, []string{"alice has phone"}},
		{bindingKind, attributes{"user_name": "alice"}, []string{"alice has phone"}},
		{bindingKind, attributes{"user_name": "bob"}, nil},
		{bindingKind, attributes{"name_regex": "^a"}, []string{"alice has phone"}},
		{bindingKind, attributes{"name_regex": "^b"}, nil},

		{verificationKind, attributes{}, []string{"alice", "bob"}},
		{verificationKind, attributes{"status": "pending"}, []string{"alice"}},
		{verificationKind, attributes{"status": "active"}, []string{"alice", "bob"}},
		{verificationKind, attributes{"user_name": "bob"}, []string{"bob"}},
	} {
		t.Run(fmt.Sprint(test.kind, test.config), func(t *testing.T) {
			t.Parallel()
			srv := peopled(t)
			names, failures := namesOf(newCore(t, srv.Getenv, fakeClock()).List(test.kind, test.config, false, 0))
			expect(t, "failures", failures, []string(nil))
			for n, name := range names {
				if strings.HasPrefix(name, own) {
					names[n] = own // its id is drawn
				}
			}
			expect(t, "found", names, test.want)
		})
	}
}

// Contradictory arguments are an error before any call, in the list and in the data source.
func TestList_contradictoryArguments(t *testing.T) {
	t.Parallel()
	users := []string{userKind, profileKind, accessKey, ownPolicy, bindingKind, verificationKind}
	named := slices.DeleteFunc(slices.Clone(users), func(kind string) bool { return kind == userKind })
	c := newCore(t, ramtest.New(t).Getenv)
	for _, test := range []struct {
		kinds  []string
		config attributes
		blamed string
	}{
		{users, attributes{"name_regex": "("}, "name_regex"},
		{named, attributes{"user_name": "alice", "name_regex": "^a"}, "user_name"},
		{append(named, deviceKind), attributes{"user_name": ""}, "user_name"},
		{append(named, deviceKind), attributes{"user_name": "alice@acme.onaliyun.com"}, "user_name"},
		{[]string{accessKey}, attributes{"older_than_days": -1}, "older_than_days"},
		{[]string{accessKey}, attributes{"unused_for_days": -90}, "unused_for_days"},
		{[]string{accessKey}, attributes{"unused_for_days": 100000}, "unused_for_days"},
		{[]string{accessKey, ownPolicy, profileKind, verificationKind}, attributes{"status": "Disabled"}, "status"},
		{[]string{deviceKind}, attributes{"unbound": true, "user_name": "alice"}, "user_name"},
	} {
		for _, kind := range test.kinds {
			t.Run(fmt.Sprint(kind, test.config), func(t *testing.T) {
				t.Parallel()
				srv := ramtest.New(t)
				c := newCore(t, srv.Getenv, fakeClock())
				results := c.List(kind, test.config, true, 100)
				if len(results) != 1 {
					t.Fatalf("there are %d results", len(results))
				}
				contains(t, acctest.Messages(acctest.Errors(results[0].Diagnostics)), fmt.Sprintf("AttributeName(%q)", test.blamed))
				expect(t, "calls", len(srv.Calls()), 0)
			})
			twin := map[string]string{userKind: "ram_users", accessKey: "ram_access_keys", deviceKind: "ram_virtual_mfa_devices"}[kind]
			if twin == "" {
				continue
			}
			t.Run(fmt.Sprint(twin, test.config), func(t *testing.T) {
				t.Parallel()
				valid, err := c.Server.ValidateDataResourceConfig(t.Context(), &tfprotov6.ValidateDataResourceConfigRequest{
					TypeName: twin, Config: c.Dynamic(c.Build(c.Schemas.DataSourceSchemas[twin], test.config)),
				})
				must(t, err)
				contains(t, acctest.Messages(acctest.Errors(valid.Diagnostics)), fmt.Sprintf("AttributeName(%q)", test.blamed))
			})
		}
	}
}

// A list and the data source of the same objects have the same filters.
func TestList_hasTheFiltersOfItsDataSource(t *testing.T) {
	t.Parallel()
	c := newCore(t, ramtest.New(t).Getenv)
	for kind, twin := range map[string]string{userKind: "ram_users", accessKey: "ram_access_keys", deviceKind: "ram_virtual_mfa_devices"} {
		var filters, twins []string
		for _, a := range c.Schemas.ListResourceSchemas[kind].Block.Attributes {
			filters = append(filters, a.Name)
		}
		for _, a := range c.Schemas.DataSourceSchemas[twin].Block.Attributes {
			if a.Optional {
				twins = append(twins, a.Name)
			}
		}
		expect(t, kind, twins, filters)
	}
}

// examplesOf reads the list blocks of an example: the configuration of each.
func examplesOf(t *testing.T, kind string) (configs []attributes) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(examples, "list-resources", kind, "list-resource.tfquery.hcl"))
	must(t, err)
	for _, written := range strings.Split(string(content), "list \"")[1:] {
		config := attributes{}
		_, inside, _ := strings.Cut(written, "config {")
		for _, pair := range writtenLine.FindAllStringSubmatch(inside, -1) {
			var v any
			must(t, json.Unmarshal([]byte(pair[2]), &v))
			if n, ok := v.(float64); ok {
				v = int(n)
			}
			config[pair[1]] = v
		}
		configs = append(configs, config)
	}
	return configs
}

// writtenLine is one line of a configuration.
var writtenLine = regexp.MustCompile(`(?m)^\s+(\w+)\s+= (.+)$`)

// Not every CLI runs queries, so the test sends the examples to the provider itself. Together they show every filter.
func TestList_examplesAreValidAndShowEveryFilter(t *testing.T) {
	t.Parallel()
	c := newCore(t, peopled(t).Getenv, fakeClock())
	for kind, schema := range c.Schemas.ListResourceSchemas {
		shown := map[string]bool{}
		for _, config := range examplesOf(t, kind) {
			for name := range config {
				shown[name] = true
			}
			if config["user_name"] != nil {
				config["user_name"] = "alice" // who is there
			}
			_, failures := namesOf(c.List(kind, config, true, 100))
			expect(t, kind, failures, []string(nil))
		}
		for _, a := range schema.Block.Attributes {
			if !shown[a.Name] && !slices.Contains([]string{"user_name", "name_regex"}, a.Name) {
				t.Errorf("no example of the list %s shows %s", kind, a.Name)
			}
		}
	}
}

// Terraform 1.14 and later run queries. (OpenTofu has no version that does.)
func TestAccList_filters(t *testing.T) {
	t.Parallel()
	asked := func(kind, name, config string) string {
		return fmt.Sprintf("list %q %q {\n  provider = ram\n  include_resource = true\n  config {\n%s\n  }\n}\n", kind, name, config)
	}
	acceptance(t, peopled(t), resource.TestCase{
		TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_14_0)},
		Steps: []resource.TestStep{
			{Config: `provider "ram" {}`},
			{
				Query: true,
				Config: asked(userKind, "never", "never_logged_on = true") + asked(profileKind, "open", "status = \"Active\"\nwithout_mfa = true") +
					asked(accessKey, "anywhere", "name_regex = \"^[a-c]\"\nwithout_network_policy = true") + asked(ownPolicy, "enforced", `status = "Active"`) +
					asked(deviceKind, "loose", "unbound = true") + asked(bindingKind, "alice", `user_name = "alice"`) + asked(verificationKind, "pending", `status = "pending"`),
				QueryResultChecks: []querycheck.QueryResultCheck{
					querycheck.ExpectLength(userKind+".never", 4), querycheck.ExpectLength(profileKind+".open", 1), querycheck.ExpectLength(ownPolicy+".enforced", 1),
					querycheck.ExpectLength(deviceKind+".loose", 1), querycheck.ExpectLength(bindingKind+".alice", 1), querycheck.ExpectLength(verificationKind+".pending", 1),
					querycheck.ExpectIdentity(profileKind+".open", map[string]knownvalue.Check{
						"account_id": knownvalue.StringExact(defaultAccount), "user_name": knownvalue.StringExact("bob"),
					}),
				},
			},
			{Query: true, Config: asked(accessKey, "bad", "older_than_days = -1"), ExpectError: regexp.MustCompile("older_than_days")},
		},
	})
}

// crowd is an account with n users, whose lists come in pages of so many, or of as many
// as are requested.
func crowd(t *testing.T, n, page int) *ramtest.Server {
	t.Helper()
	srv := ramtest.New(t)
	srv.Populate(n)
	srv.SetBehaviour(func(b *ramtest.Behaviour) { b.PageCap = page })
	return srv
}

// The first result is returned before the last page is read, and a caller that stops early stops the reads.
func TestList_streamsItsPages(t *testing.T) {
	t.Parallel()
	for kind, pages := range map[string]string{
		userKind: "ListUsers", profileKind: "ListUsers", accessKey: "ListUsers", ownPolicy: "ListUsers", verificationKind: "ListUsers",
		deviceKind: "ListVirtualMFADevices", bindingKind: "ListVirtualMFADevices",
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			open := func() (*ramtest.Server, *acctest.Driver) {
				srv := crowd(t, 100, 20) // five pages, and one more for the administrator
				srv.Change(func(a *ramtest.Account) {
					for _, user := range a.Users {
						user.SecurityEmail = ramtest.Verification{Address: user.Name + "@example.com", Status: "active"}
						for _, key := range user.Keys {
							key.Policy = oldKeyPolicy
						}
					}
				})
				return srv, newCore(t, srv.Getenv, fakeClock())
			}
			read := func(srv *ramtest.Server) int { return len(srv.Calls(pages)) }

			srv, c := open()
			results := 0
			for r := range c.Query(t.Context(), kind, nil, true, 0) {
				clean(t, r.Diagnostics)
				if results++; results == 1 {
					expect(t, "pages read before the first result", read(srv), 1)
				}
			}
			if results < 100 || read(srv) < 5 {
				t.Errorf("%d results of %d pages", results, read(srv))
			}

			srv, c = open()
			expect(t, "limit", len(c.List(kind, nil, true, 15)), 15)
			expect(t, "pages read up to the limit", read(srv), 1)

			srv, c = open()
			for r := range c.Query(t.Context(), kind, nil, true, 0) {
				clean(t, r.Diagnostics)
				break
			}
			expect(t, "pages read for one who leaves", read(srv), 1)

			srv, c = open()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var last acctest.ListResult
			for last = range c.Query(ctx, kind, nil, true, 0) {
				cancel()
			}
			contains(t, acctest.Messages(last.Diagnostics), "Cannot list the ", "context canceled", "incomplete")
			if read(srv) > 2 {
				t.Errorf("%d pages were read after the end", read(srv))
			}
			under := len(srv.Calls())
			c.List(alias, nil, false, 0) // another call of the same client, after which nothing else is under way
			if more := len(srv.Calls()) - under; more > 1 {
				t.Errorf("%d calls came after the end", more)
			}
		})
	}
}

// A query over a thousand users with two keys each: one list of users, one list of the keys of each user, and one
// call for the account.
func TestList_makesNoUnneededCalls(t *testing.T) {
	t.Parallel()
	srv := crowd(t, 1000, 0)
	total := func(srv *ramtest.Server, kind string, config attributes, whole bool) (string, int) {
		srv.ForgetCalls()
		found := newCore(t, srv.Getenv, fakeClock()).List(kind, config, whole, 0)
		_, failures := namesOf(found)
		expect(t, "failures", failures, []string(nil))
		count := map[string]int{}
		for _, call := range srv.Calls() {
			count[call.Action]++
		}
		return fmt.Sprint(count), len(found)
	}
	for _, test := range []struct {
		kind   string
		config attributes
		found  int
		calls  string
	}{
		{userKind, nil, 1001, "map[GetCallerIdentity:1 ListUsers:2]"},
		{accessKey, nil, 2001, "map[GetCallerIdentity:1 GetDefaultDomain:1 ListAccessKeys:1001 ListUsers:2]"},
		{accessKey, attributes{"older_than_days": 1}, 0, "map[GetCallerIdentity:1 GetDefaultDomain:1 ListAccessKeys:1001 ListUsers:2]"},
		{profileKind, attributes{"without_mfa": true}, 0, "map[GetCallerIdentity:1 GetDefaultDomain:1 GetLoginProfile:1001 ListUsers:2 ListVirtualMFADevices:10]"},
		{deviceKind, nil, 1000, "map[GetCallerIdentity:1 ListVirtualMFADevices:10]"},
	} {
		for _, whole := range []bool{false, true} {
			calls, found := total(srv, test.kind, test.config, whole)
			expect(t, fmt.Sprint(test.kind, test.config, whole), calls, test.calls)
			expect(t, "found", found, test.found)
		}
	}
}

// Of ten thousand keys, those of one user cannot be read: the list reports that, and continues.
func TestList_oneFailureOfTenThousand(t *testing.T) {
	t.Parallel()
	srv := crowd(t, 5000, 0)
	srv.Inject(ramtest.Rule{Action: "ListAccessKeys", User: "user-2500*", Fault: "code", Status: 403, Code: "NoPermission"})
	names, failures := namesOf(newCore(t, srv.Getenv, fakeClock()).List(accessKey, attributes{"name_regex": "^user-"}, true, 0))
	expect(t, "found", len(names), 9998)
	expect(t, "failures", len(failures), 1)
	contains(t, failures[0], `WARNING: Cannot list the AccessKey pairs of user user-2500 `, `The objects of user "user-2500" could not be read. The list continues without this user.`, "NoPermission")
}

// A failure that affects all users is not reported for each of them.
func TestList_endsIfEveryUserFails(t *testing.T) {
	t.Parallel()
	for kind, action := range map[string]string{
		profileKind: "GetLoginProfile", accessKey: "ListAccessKeys", ownPolicy: "GetAccessKeyPolicy", verificationKind: "GetVerificationInfo",
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			srv := crowd(t, 200, 20)
			srv.Inject(ramtest.Rule{Action: action, Fault: "code", Status: 403, Code: "NoPermission"})
			names, failures := namesOf(newCore(t, srv.Getenv, fakeClock()).List(kind, nil, true, 0))
			expect(t, "found", names, []string(nil))
			if len(failures) != listing.MostFailures {
				t.Fatalf("there are %d failures: %v", len(failures), failures)
			}
			contains(t, failures[0], "WARNING: Cannot list the ", "The list continues without this user.")
			contains(t, failures[listing.MostFailures-1], "ERROR: Cannot list the ", "The list ends here, and is incomplete.")
			expect(t, "pages", len(srv.Calls("ListUsers")), 1)
		})
	}
}

// A page that cannot be read ends the list with a warning: an error would make the CLI drop the results so far.
func TestList_failedPage(t *testing.T) {
	t.Parallel()
	srv := crowd(t, 100, 20)
	srv.Inject(ramtest.Rule{Action: "ListUsers", Nth: "2-", Fault: "code", Status: 403, Code: "NoPermission"})
	results := newCore(t, srv.Getenv, fakeClock()).List(accessKey, nil, false, 0)
	names, failures := namesOf(results)
	expect(t, "found", len(names), 39) // of the administrator and of nineteen others
	expect(t, "failures", len(failures), 1)
	contains(t, acctest.Messages(results[len(results)-1].Diagnostics), "WARNING: Cannot list the AccessKey pairs", "The list ends here, and is incomplete.", "NoPermission")
}

// A list that fails before its first result is an error.
func TestList_failureWithoutResultsIsAnError(t *testing.T) {
	t.Parallel()
	srv := crowd(t, 10, 20)
	srv.Inject(ramtest.Rule{Action: "ListUsers", Fault: "code", Status: 403, Code: "NoPermission"})
	results := newCore(t, srv.Getenv, fakeClock()).List(accessKey, nil, false, 0)
	expect(t, "results", len(results), 1)
	contains(t, acctest.Messages(results[0].Diagnostics), "ERROR: Cannot list the AccessKey pairs ", "NoPermission")
}

// Terraform reads 100 results of a list that sets no limit, and does not report that there
// are more. A list that reaches this limit does, before its last result.
func TestList_reportsTheDefaultLimit(t *testing.T) {
	t.Parallel()
	srv := crowd(t, 150, 0)
	list := func(limit int64) (int, []string) {
		names, failures := namesOf(newCore(t, srv.Getenv, fakeClock()).List(userKind, nil, false, limit))
		return len(names), failures
	}
	found, failures := list(100)
	expect(t, "found", found, 100)
	expect(t, "warnings", len(failures), 1)
	contains(t, failures[0], "WARNING: The list of users in account "+defaultAccount+" ends at the limit of 100 results", "Set limit in the list block")
	for _, limit := range []int64{99, 101, 0} {
		found, failures := list(limit)
		expect(t, "warnings", failures, []string(nil))
		expect(t, "found", found, cmp.Or(int(limit), 151))
	}
}

// An object that is deleted between the page and the read is left out.
func TestList_leavesOutDeletedObjects(t *testing.T) {
	t.Parallel()
	for _, gone := range []struct {
		kind, action, code string
		config             attributes
	}{
		{profileKind, "GetLoginProfile", "EntityNotExist.User", nil},
		{profileKind, "GetLoginProfile", "EntityNotExist.User.LoginProfile", nil},
		{profileKind, "GetUserMFAInfo", "EntityNotExist.User", attributes{"without_mfa": true}},
		{accessKey, "ListAccessKeys", "EntityNotExist.User", nil},
		{accessKey, "GetAccessKeyLastUsed", "EntityNotExist.User.AccessKey", attributes{"unused_for_days": 0}},
		{accessKey, "GetAccessKeyPolicy", "EntityNotExist.User.AccessKey", attributes{"without_network_policy": false}},
		{ownPolicy, "GetAccessKeyPolicy", "EntityNotExist.User.AccessKey", nil},
		{ownPolicy, "ListAccessKeys", "EntityNotExist.User", nil},
		{verificationKind, "GetVerificationInfo", "EntityNotExist.User", nil},
	} {
		t.Run(gone.kind+gone.action+gone.code, func(t *testing.T) {
			t.Parallel()
			now := time.Now()
			srv := peopled(t, ramtest.Clock(func() time.Time { return now })) // or the key of the provider is unused for no or for one second
			srv.Change(func(a *ramtest.Account) { a.Users["bob"].LoginProfile.LastLogin = srv0(a) })
			whole, _ := namesOf(newCore(t, srv.Getenv, clockOf(srv)).List(gone.kind, gone.config, true, 0))
			if !slices.ContainsFunc(whole, func(name string) bool { return strings.HasPrefix(name, "bob") }) {
				t.Fatal("bob has none, and so none that could be gone")
			}
			srv.Inject(ramtest.Rule{Action: gone.action, User: "bob*", Fault: "code", Status: 404, Code: gone.code})
			names, failures := namesOf(newCore(t, srv.Getenv, clockOf(srv)).List(gone.kind, gone.config, true, 0))
			expect(t, "failures", failures, []string(nil))
			expect(t, "found", strings.Join(names, ", "), strings.Join(slices.DeleteFunc(whole, func(name string) bool { return strings.HasPrefix(name, "bob") }), ", "))
		})
	}
}
