// SPDX-License-Identifier: Apache-2.0
/** What tests of the store stand on: a tier on the heap, fake codecs, stamped pages, an oracle. */
package io.pagestrata.core.testing;
