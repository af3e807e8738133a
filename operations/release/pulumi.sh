#!/bin/sh
# The Pulumi CLI, which a terminal that is closed does not end: the command is told of it, and ends the CLI in order.
# Only a program that is started with a signal ignored goes on ignoring it, and Node can not start one like that.
trap '' HUP
exec pulumi "$@"
