// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package report

import (
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
)

// The parts of SARIF 2.1.0 that a report uses.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool        sarifTool         `json:"tool"`
		Results     []sarifResult     `json:"results"`
		Invocations []sarifInvocation `json:"invocations"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name           string      `json:"name"`
		InformationURI string      `json:"informationUri"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID               string            `json:"id"`
		ShortDescription sarifMessage      `json:"shortDescription"`
		Properties       map[string]string `json:"properties,omitempty"`
	}
	sarifMessage struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		RuleID       string            `json:"ruleId"`
		RuleIndex    int               `json:"ruleIndex"`
		Level        string            `json:"level"`
		Message      sarifMessage      `json:"message"`
		Locations    []sarifLocation   `json:"locations"`
		Fingerprints map[string]string `json:"partialFingerprints"`
	}
	sarifLocation struct {
		Physical sarifPhysical  `json:"physicalLocation"`
		Logical  []sarifLogical `json:"logicalLocations"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   sarifRegion   `json:"region"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine int `json:"startLine"`
	}
	sarifLogical struct {
		Name string `json:"fullyQualifiedName"`
	}
	sarifInvocation struct {
		Successful    bool                `json:"executionSuccessful"`
		Notifications []sarifNotification `json:"toolExecutionNotifications"`
	}
	sarifNotification struct {
		Level   string       `json:"level"`
		Message sarifMessage `json:"message"`
	}
)

// securitySeverity is the number that GitHub converts to a severity.
var securitySeverity = map[Severity]string{Critical: "9.5", High: "8.0", Medium: "5.0", Low: "2.0"}

// WriteSARIF writes a report as SARIF 2.1.0. An account that could not be compared is a
// notification of the run, which is then not successful.
func (r Report) WriteSARIF(w io.Writer) error {
	run := &sarifRun{
		Tool:        sarifTool{sarifDriver{"ramreport", "https://github.com/ram-security/terraform-provider-ram", []sarifRule{}}},
		Results:     []sarifResult{},
		Invocations: []sarifInvocation{{Successful: true, Notifications: []sarifNotification{}}},
	}
	for _, a := range r.Accounts {
		run.account(r.Kind, a)
	}
	return writeJSON(w, sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{*run}})
}

func (run *sarifRun) account(kind Kind, a Account) {
	if !a.Status.Known() {
		i := &run.Invocations[0]
		i.Successful = false
		i.Notifications = append(i.Notifications, sarifNotification{"error", sarifText("Account %s: %s: %s", a.Heading(), a.Status.Label(kind), a.Reason)})
	}
	for _, d := range a.Differences {
		wanted, found := columns(kind, d.Declared)
		attribute := d.Attribute
		if attribute == "" {
			attribute = "object"
		}
		run.add(a, "difference/"+d.Type+"/"+attribute, d.Who, d.Severity, d.Address, d.Place,
			sarifText("Account %s, %s, %s: %s. %s: %s. %s: %s.", a.Heading(), d.Address, attribute, d.Direction, wanted, short(d.Wanted), found, short(d.Found)))
	}
	for _, c := range a.failedChecks() {
		run.add(a, "check", "A check of the configuration does not hold.", High, c.Name, c.Place, sarifText("Account %s, %s: %s", a.Heading(), c.Name, strings.Join(c.Messages, " ")))
	}
	for _, c := range a.Controls {
		if c.Status == ControlFailed {
			run.add(a, "control/"+c.Name(), c.Title, c.Severity, c.ID, "", sarifText("Account %s fails %s: wanted %s, found %s. %s", a.Heading(), c.Title, c.Wanted, short(c.Found), strings.Join(c.Who, ", ")))
		}
	}
	for _, n := range a.Warnings {
		run.add(a, "warning", "A warning of the plan.", Medium, n.Address, n.Place, sarifText("Account %s, %s: %s. %s", a.Heading(), n.Address, n.Summary, n.Detail))
	}
}

func (run *sarifRun) add(a Account, rule, title string, severity Severity, name, place string, message sarifMessage) {
	rules := &run.Tool.Driver.Rules
	index := slices.IndexFunc(*rules, func(r sarifRule) bool { return r.ID == rule })
	if index < 0 {
		index = len(*rules)
		*rules = append(*rules, sarifRule{visible(rule), sarifText("%s", title), map[string]string{"security-severity": securitySeverity[severity]}})
	}
	level := map[Severity]string{Critical: "error", High: "error", Medium: "warning", Low: "note"}[severity]
	run.Results = append(run.Results, sarifResult{
		RuleID: visible(rule), RuleIndex: index, Level: level, Message: message,
		Locations:    []sarifLocation{{physical(a.Source.Directory, place), []sarifLogical{{visible(name)}}}},
		Fingerprints: map[string]string{"ramreport/v1": visible(a.ID + " " + rule + " " + name)},
	})
}

// physical returns a location in the repository. GitHub shows no result without a location.
func physical(directory, place string) sarifPhysical {
	file, line, _ := strings.Cut(place, ":")
	number, err := strconv.Atoi(line)
	if err != nil {
		file, number = "main.tf", 1
	}
	if !path.IsAbs(directory) {
		file = path.Join(directory, file)
	}
	return sarifPhysical{sarifArtifact{uri(file)}, sarifRegion{number}}
}

// uri escapes a path for a relative reference.
func uri(file string) string {
	var b strings.Builder
	for _, c := range []byte(file) {
		if c == '/' || c == '.' || c == '-' || c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// sarifText returns a message without links: SARIF interprets [text](target).
func sarifText(format string, arguments ...any) sarifMessage {
	text := visible(strings.ReplaceAll(fmt.Sprintf(format, arguments...), "\n", " "))
	return sarifMessage{strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`).Replace(text)}
}
