// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
)

// An incidence is an entry of the guide "What happens if" (DOC-02).
type incidence struct {
	heading string
	run     func(*transcript) // the scene, and the steps that the guide advises
	proven  []string          // tests that play it, or the rest of it
}

var nights = []incidence{
	{"A run was killed, or its machine failed", nil, []string{"TestAccWhatHappens_machineFails", "TestAccAccessKey_killedAfterTheCreate"}},
	{"A run was stopped with Ctrl-C", nil, []string{"TestAccAccessKey_interruptedInFlight", "TestAccMFADevice_interruptedCreateKeepsTheSeed"}},
	{"The state could not be saved", nil, []string{"TestAccWhatHappens_stateCannotBeWritten"}},
	{"The outcome of the creation of a key is unknown", keyInDoubt, []string{"TestAccessKey_faultTable"}},
	{"A second key was created at the same time", keyBesideOurs, nil},
	{"The values to restore are lost", restoreLost, []string{"TestMove_restoreHasNoCapturedValues"}},
	{"The state is lost", stateLost, nil},
	{"An old version of the state was restored", stateOld, nil},
	{"A user already has two keys", twoKeys, []string{"TestAccessKey_aThirdIsRefused"}},
	{"A login profile or a user already exists", existsAlready, []string{"TestLoginProfile_thatExistsIsNeverOverwritten", "TestUser_thatExistsIsNotAdopted"}},
	{"Two resources manage the same object", managedTwice, []string{"TestSecondResourceForOneSettingIsRefused"}},
	{"A key was deleted", keyDeleted, []string{"TestAccessKey_oneNotFoundDoesNotRemoveIt"}},
	{"A key was disabled", keyInactivated, []string{"TestAccessKey_staysInactive"}},
	{"A user was deleted", userDeleted, []string{"TestUser_isRemovedFromTheStateOnlyIfDeletionIsConfirmed"}},
	{"A setting was changed", settingChanged, []string{"TestSetting_repairsDriftOfManagedValues", "TestSetting_changeAfterThePlanIsKept"}},
	{"The account alias was changed", aliasChanged, []string{"TestAccountAlias_lifecycle", "TestAccountAlias_isKeptIfTheNewOneIsTaken"}},
	{"An MFA device was unbound, deleted or lost", deviceLost, []string{"TestMFADevice_repairsDrift"}},
	{"The logon masks lock out all users", masksLockOut, []string{"TestLockOut_masksMustContainTheRequiredNetworks", "TestLockOut_warnsOfPrivateMasks"}},
	{"MFA is mandatory, and users cannot log on", mfaLocksOut, []string{"TestLockOut_secondFactorThatUsersCannotBind"}},
	{"A network policy blocks the provider's own key", keyLockedOut, []string{"TestNetworkPolicy_doesNotLockOutTheProvidersKey", "TestNetworkPolicy_temporaryCredentialsAreNotEvaluated"}},
	{"The provider's own key was disabled, deleted or rotated", ownKeyGone, []string{"TestAccessKey_ofTheProviderItself"}},
	{"The credentials belong to another account", otherAccount, []string{"TestWrongAccount_nothingIsReadAndNothingWritten", "TestProviderConfiguration_wrongAccountIsRefused"}},
	{"A permission is missing", permissionMissing, []string{"TestPermissions_guideListsThoseOfEachType"}},
	{"The service throttles the requests", throttled, []string{"TestOneRunIsNeverThrottled"}},
	{"A proxy responds, or there is no response", proxyResponds, []string{"TestARedirectIsNeverFollowed"}},
	{"The clock is wrong", clockWrong, []string{"TestMFADevice_clocksThatDiffer"}},
	{"The provider is upgraded or downgraded", otherVersion, []string{"TestUpgrade_readsOlderStates", "TestAccUpgrade_plansNothing"}},
	{"Moving from alicloud, and going back", movedAndBack, []string{"TestAccMigration_withMovedBlocks", "TestMove_destroy"}},
	{"The baseline was destroyed", baselineDestroyed, []string{"TestDestroy_restoreNeedsCapturedValues"}},
}

// transcript is what a person reads in a scene.
type transcript struct {
	*testing.T
	all strings.Builder
}

func (h *transcript) record(diags []*tfprotov6.Diagnostic) {
	h.all.WriteString(acctest.Messages(diags))
}

// fine records, and fails the test if something went wrong.
func (h *transcript) fine(o acctest.Object, diags []*tfprotov6.Diagnostic) acctest.Object {
	h.Helper()
	h.record(diags)
	clean(h.T, diags)
	return o
}

// refused records, and fails the test if nothing went wrong.
func (h *transcript) refused(o acctest.Object, diags []*tfprotov6.Diagnostic) acctest.Object {
	h.Helper()
	h.record(diags)
	if len(acctest.Errors(diags)) == 0 {
		h.Fatal("nothing is refused")
	}
	return o
}

// plans records a plan, and fails the test if something went wrong.
func (h *transcript) plans(plan *tfprotov6.PlanResourceChangeResponse, diags []*tfprotov6.Diagnostic) *tfprotov6.PlanResourceChangeResponse {
	h.Helper()
	h.record(diags)
	clean(h.T, diags)
	return plan
}

const nightGuide = "templates/guides/what-happens-if.md.tmpl"

var entryPattern = regexp.MustCompile(`(?m)^### (.+)$`)

// incidences are the entries of the guide by their headings.
func incidences(t *testing.T) (headings []string, texts map[string]string) {
	t.Helper()
	guide := contentOf(t, projectRoot, nightGuide)
	places := entryPattern.FindAllStringSubmatchIndex(guide, -1)
	texts = map[string]string{}
	for i, place := range places {
		end := len(guide)
		if i+1 < len(places) {
			end = places[i+1][0]
		}
		heading := guide[place[2]:place[3]]
		headings = append(headings, heading)
		texts[heading], _, _ = strings.Cut(guide[place[1]:end], "\n## ")
	}
	return headings, texts
}

// unbroken is a text without the line breaks of whoever prints it.
func unbroken(text string) string { return strings.Join(strings.Fields(text), " ") }

// quotes are the parts of the messages that an entry quotes.
func quotes(text string) (parts []string) {
	for line := range strings.Lines(text) {
		quoted, ok := strings.CutPrefix(strings.TrimSpace(line), ">")
		if !ok {
			continue
		}
		for part := range strings.SplitSeq(quoted, "…") {
			if part = unbroken(part); part != "" {
				parts = append(parts, part)
			}
		}
	}
	return parts
}

// testsOf are all tests of the project, with the texts in each.
func testsOf(t *testing.T) map[string]string {
	t.Helper()
	tests, files := map[string]string{}, token.NewFileSet()
	must(t, filepath.WalkDir(filepath.Join(projectRoot, "internal"), func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, declaration := range file.Decls {
			if test, ok := declaration.(*ast.FuncDecl); ok && test.Recv == nil {
				tests[test.Name.Name] = literals(test)
			}
		}
		return nil
	}))
	return tests
}

// literals are the texts in a function.
func literals(of *ast.FuncDecl) string {
	var all []string
	ast.Inspect(of, func(node ast.Node) bool {
		if literal, ok := node.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			if text, err := strconv.Unquote(literal.Value); err == nil {
				all = append(all, text)
			}
		}
		return true
	})
	return unbroken(strings.Join(all, "\n"))
}

// No entry of the guide is without its scene, and no scene without its entry.
func TestWhatHappens_everyEntryHasAScene(t *testing.T) {
	t.Parallel()
	headings, texts := incidences(t)
	var covered []string
	tests := testsOf(t)
	for _, e := range nights {
		covered = append(covered, e.heading)
		if e.run == nil && len(e.proven) == 0 {
			t.Errorf("%q is not covered", e.heading)
		}
		for _, name := range e.proven {
			if _, exists := tests[name]; !exists || !strings.HasPrefix(name, "Test") {
				t.Errorf("%q: there is no test %s", e.heading, name)
			}
		}
		for _, part := range []string{"**What has happened.**", "**Do.**", "**Do not**"} {
			if !strings.Contains(texts[e.heading], part) {
				t.Errorf("%q lacks %s", e.heading, part)
			}
		}
	}
	expect(t, "the order of the entries", covered, headings)
}

// Each scene follows the guide, and produces the messages that the guide quotes.
func TestWhatHappens(t *testing.T) {
	t.Parallel()
	_, texts := incidences(t)
	tests := testsOf(t)
	quoted := 0
	for _, e := range nights {
		quoted += len(quotes(texts[e.heading]))
		t.Run(e.heading, func(t *testing.T) {
			t.Parallel()
			h := &transcript{T: t}
			if e.run != nil {
				e.run(h)
			}
			heard := unbroken(h.all.String())
			for _, quote := range quotes(texts[e.heading]) {
				asserted := slices.ContainsFunc(e.proven, func(name string) bool { return strings.Contains(tests[name], quote) })
				if !asserted && !strings.Contains(heard, quote) {
					t.Errorf("the guide quotes %q, but it was not printed; what was printed:\n%s", quote, h.all.String())
				}
			}
		})
	}
	if quoted < len(nights) {
		t.Errorf("the guide quotes only %d parts of messages", quoted)
	}
}
