// SPDX-License-Identifier: Apache-2.0
/** The entry point of the command-line program. */
package io.pagestrata.daemon;
