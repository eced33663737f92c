// SPDX-License-Identifier: Apache-2.0
/**
 * The duties that keep a tier and its codecs in order: cleaning and scrubbing, and dictionaries.
 */
package io.pagestrata.writeback.upkeep;
