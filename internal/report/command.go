// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package report

import (
	"slices"
	"strings"
	"unicode"
)

// Command is the command that created the plans. The commands of a report use the same
// configuration, workspace and variables.
type Command struct {
	Program     string            // terraform or tofu
	Directory   string            // of the configuration
	Workspace   string            // empty if unknown
	Arguments   []string          // of the plan
	Environment map[string]string // TF_DATA_DIR, TF_VAR_… and ALIBABA_CLOUD_PROFILE
	Shell       Shell
}

// apply returns the command that applies the configuration with further arguments.
// variables are those of the root module, true for the sensitive ones. Sensitive values are
// not shown, and the command stops if they are not set.
func (c Command) apply(account string, variables map[string]bool, more ...string) (string, error) {
	words, environment := []string{}, []string{}
	if c.Workspace != "" {
		environment = append(environment, c.assign("TF_WORKSPACE", c.Shell.quote(c.Workspace)))
	}
	for _, name := range c.names() {
		value := c.Shell.quote(c.Environment[name])
		if variable, ok := strings.CutPrefix(name, "TF_VAR_"); ok {
			sensitive, declared := variables[variable]
			if !declared {
				continue
			}
			if sensitive {
				value = c.required(name, variable)
			}
		}
		environment = append(environment, c.assign(name, value))
	}
	words = append(words, c.Program)
	if c.Directory != "" && c.Directory != "." {
		words = append(words, "-chdir="+c.Shell.quote(c.Directory))
	}
	words = append(words, "apply")
	for _, option := range variableOptions(c.Arguments) {
		word := option.flag + "=" + c.Shell.quote(option.value)
		if name, _, _ := strings.Cut(option.value, "="); option.flag == "-var" && variables[name] {
			word = c.secretVariable(name)
		}
		words = append(words, word)
	}
	words = append(words, more...)
	command := strings.Join(c.join(environment, words), " ")
	if strings.ContainsFunc(command, func(r rune) bool { return r != ' ' && !unicode.IsPrint(r) }) {
		return "", errUnprintable
	}
	return "# " + visible(account) + "\n" + command, nil
}

// names returns the sorted names of the environment variables.
func (c Command) names() []string {
	names := make([]string, 0, len(c.Environment))
	for name := range c.Environment {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (c Command) assign(name, quoted string) string {
	if c.Shell == PowerShell {
		return "$env:" + name + " = " + quoted + ";"
	}
	return name + "=" + quoted
}

// required returns a reference to a shell variable. Without that variable the command
// stops.
func (c Command) required(name, variable string) string {
	if c.Shell == PowerShell {
		return "$(if ($env:" + name + ") { $env:" + name + " } else { throw '" + name + " is not set' })"
	}
	return `"${` + name + `:?set it first, the value of ` + variable + ` is sensitive}"`
}

func (c Command) secretVariable(name string) string {
	if c.Shell == PowerShell {
		return "-var=$('" + name + "=' + " + strings.TrimPrefix(c.required("TF_VAR_"+name, name), "$") + ")"
	}
	return "-var=" + name + "=" + c.required("TF_VAR_"+name, name)
}

func (c Command) join(environment, words []string) []string {
	if len(environment) > 0 && c.Shell != PowerShell {
		environment = slices.Insert(environment, 0, "env")
	}
	return append(environment, words...)
}

type option struct{ flag, value string }

// variableOptions returns the options of a plan that set variables, in order.
func variableOptions(arguments []string) (options []option) {
	for i := 0; i < len(arguments); i++ {
		flag, value, joined := strings.Cut(arguments[i], "=")
		flag = "-" + strings.TrimLeft(flag, "-")
		if flag != "-var" && flag != "-var-file" {
			continue
		}
		if !joined {
			if i++; i == len(arguments) {
				break
			}
			value = arguments[i]
		}
		options = append(options, option{flag, value})
	}
	return options
}

// targets returns the options that limit an apply to the addresses of differences.
func (s Shell) targets(differences []Difference) []string {
	options := []string{}
	for _, d := range differences {
		if option := "-target=" + s.quote(d.Address); !slices.Contains(options, option) {
			options = append(options, option)
		}
	}
	slices.Sort(options)
	return options
}
