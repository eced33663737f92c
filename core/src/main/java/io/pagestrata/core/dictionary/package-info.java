// SPDX-License-Identifier: Apache-2.0
/** The port of dictionaries: what codecs of a pool learn from its own pages, and who keeps it. */
package io.pagestrata.core.dictionary;
