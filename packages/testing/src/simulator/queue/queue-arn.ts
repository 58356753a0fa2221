export const QUEUE_ARN = /^arn:[^:]+:sqs:[^:]+:\d{12}:.+$/
