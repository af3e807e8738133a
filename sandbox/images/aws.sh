#!/bin/sh
# Stands in for the AWS CLI where there is no AWS: answers what can be answered without a cloud, and refuses the rest.
set -eu

SECRETS=/etc/sandbox/secrets

unknown() {
  echo "aws: $service $operation can not be had in the sandbox, which has no AWS" >&2
  exit 252
}

service='' operation='' secret='' host='' user=''
while [ $# -gt 0 ]; do
  case $1 in
    --secret-id) secret=$2; shift ;;
    --hostname) host=$2; shift ;;
    --username) user=$2; shift ;;
    --no-cli-pager | --only-show-errors | --no-progress) ;;
    --*) [ $# -gt 1 ] && shift ;;
    *) if [ -z "$service" ]; then service=$1; elif [ -z "$operation" ]; then operation=$1; fi ;;
  esac
  shift
done

case "$service $operation" in
  "secretsmanager get-secret-value")
    for file in "$SECRETS"/*/*; do
      name=${file#"$SECRETS"/}
      # A name as given, or its ARN, which ends with six more letters.
      case $secret in
        */"$name" | */"$name"-??????) cat "$file"; echo; exit 0 ;;
      esac
    done
    echo "aws: An error occurred (ResourceNotFoundException) when calling the GetSecretValue operation: Secrets Manager can't find the specified secret $secret." >&2
    exit 254
    ;;
  "rds generate-db-auth-token") printf '%s:5432/?Action=connect&DBUser=%s&sandbox\n' "$host" "$user" ;;
  # Nobody keeps metrics here.
  "cloudwatch put-metric-data") ;;
  *) unknown ;;
esac
