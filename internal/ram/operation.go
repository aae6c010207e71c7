// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

// product is one of the three services, each with one version.
type product string

const (
	ramProduct product = "Ram"
	imsProduct product = "Ims"
	stsProduct product = "Sts"
)

// versions are the versions that this client supports.
var versions = map[product]string{
	ramProduct: "2015-05-01",
	imsProduct: "2019-08-15",
	stsProduct: "2015-04-01",
}

// repeat says what happens if an operation is sent twice.
type repeat int

const (
	// once acts twice, as a create does. It is the zero value, which is safe for any
	// operation. After an unknown outcome only the caller can decide how to continue
	// (KEY-01).
	once repeat = iota
	// read changes nothing.
	read
	// set has the same result however often it is sent.
	set
)

// operation is one remote operation.
type operation struct {
	product  product
	action   string
	repeat   repeat
	pace     pace     // the quota that the operation counts against
	secrets  []string // names of the secret parameters
	unsigned bool     // authenticated by its parameters: no key and no signature
}

// pace is the class of an operation's published quota.
type pace int

const (
	// byRepeat paces reads as reads, and all others as writes.
	byRepeat pace = iota
	// attachment is the slower class of attaching, grouping and tagging.
	attachment
	// session is the class of Sts, whose creates have the quota of reads.
	session
)
