// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package report

import (
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// browser returns the path of Chromium, which Debian provides.
func browser(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("no Chromium on this machine: apt-get install chromium")
	return ""
}

// opened writes a page, opens it from file:// with a script at its end, and returns the
// resulting document. The page forbids scripts, so opened removes that rule if there is a
// script.
func opened(t *testing.T, page, script string, arguments ...string) string {
	t.Helper()
	directory := t.TempDir()
	if script != "" {
		page = regexp.MustCompile(`<meta http-equiv="Content-Security-Policy"[^>]*>`).ReplaceAllString(page, "")
		page = strings.Replace(page, "</body>", "<script>addEventListener('load', () => { "+script+" })</script></body>", 1)
	}
	file := filepath.Join(directory, "page.html")
	must(t, os.WriteFile(file, []byte(page), 0o600))
	arguments = append([]string{"--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--user-data-dir=" + directory + "/profile", "--window-size=1280,900", "--dump-dom"}, arguments...)
	out, err := exec.CommandContext(t.Context(), browser(t), append(arguments, "file://"+file)...).Output()
	must(t, err)
	return string(out)
}

var measured = regexp.MustCompile(`(?s)<title>(.*?)</title>`)

// A page with 500 accounts opens. Nothing on it is wider than 1280 pixels, every link has a
// target, and every link can be reached with the keyboard. The time is logged.
func TestReport_browserFleet(t *testing.T) {
	t.Parallel()
	browser(t)
	page := render(t, fleetOf(500))["html"]
	dom := opened(t, page, `
		document.body.getBoundingClientRect(); // the layout is part of the time, which is logged: a slow machine is no failure
		const ready = performance.now();
		const width = document.documentElement.scrollWidth;
		const wide = [...document.querySelectorAll('body *')].filter(e => !e.closest('.skip') && e.getBoundingClientRect().right > 1281).length;
		const links = [...document.querySelectorAll('a[href^="#"]')];
		const lost = links.filter(a => !document.getElementById(a.getAttribute('href').slice(1))).length;
		const unreachable = [...document.querySelectorAll('a')].filter(a => a.tabIndex < 0).length;
		const cells = [...document.querySelectorAll('.heat td')].filter(c => c.textContent.trim() === '').length;
		document.title = JSON.stringify({width, wide, lost, unreachable, links: links.length, cells, opened: Math.round(ready)});`)
	result := html.UnescapeString(measured.FindStringSubmatch(dom)[1])
	t.Logf("%d KB: %s", len(page)>>10, result)
	var width, wide, lost, unreachable, links, cells, ready int
	if _, err := fmt.Sscanf(result, `{"width":%d,"wide":%d,"lost":%d,"unreachable":%d,"links":%d,"cells":%d,"opened":%d}`, &width, &wide, &lost, &unreachable, &links, &cells, &ready); err != nil {
		t.Fatal(err, result)
	}
	if width > 1280 || wide > 0 || lost > 0 || unreachable > 0 || links < 1500 || cells > 0 {
		t.Error(result)
	}
}

// Text of an account neither runs nor loads anything in a browser.
func TestReport_browserHostile(t *testing.T) {
	t.Parallel()
	browser(t)
	all := []Account{}
	for _, text := range hostile {
		all = append(all, hostileReports(t, Drift, text).Accounts...)
	}
	r := fleetOf(1)
	r.Accounts = all
	dom := opened(t, render(t, r)["html"], `
		const loads = performance.getEntriesByType('resource').length;
		const elements = document.querySelectorAll('img, iframe, object, embed, form, svg, [onerror], [onload], [style]').length;
		const foreign = [...document.querySelectorAll('a')].filter(a => a.protocol !== 'file:' && !a.href.startsWith('https://actiontrail.console.alibabacloud.com/')).length;
		const scripts = document.scripts.length;
		const title = document.querySelectorAll('h1').length;
		document.title = JSON.stringify({loads, elements, foreign, scripts, title});`)
	if result := html.UnescapeString(measured.FindStringSubmatch(dom)[1]); result != `{"loads":0,"elements":0,"foreign":0,"scripts":1,"title":1}` {
		t.Error(result)
	}
}
