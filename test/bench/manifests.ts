/** Manifests as teams write them: Deployments of about 70 lines, one in ten of them with a mistake, and a budget for each namespace. */

const NAMESPACE_SIZE = 20;

/** The nth manifest. */
export function manifest(n: number): string {
  const namespace = `shop-${Math.floor(n / NAMESPACE_SIZE)}`;
  return n % NAMESPACE_SIZE === 0 ? budget(namespace) : deployment(`app-${n}`, namespace, n % 10 === 5);
}

function budget(namespace: string): string {
  return `apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: shop
  namespace: ${namespace}
  labels:
    app.kubernetes.io/name: shop
    app.kubernetes.io/part-of: shop
spec:
  maxUnavailable: 1
  selector:
    matchLabels:
      app.kubernetes.io/part-of: shop
`;
}

function deployment(name: string, namespace: string, mistake: boolean): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  namespace: ${namespace}
  labels:
    app.kubernetes.io/name: ${name}
    app.kubernetes.io/part-of: shop
spec:
  replicas: 3
  selector:
    matchLabels:
      app.kubernetes.io/name: ${name}
  strategy:
    rollingUpdate: { maxUnavailable: 0, maxSurge: 25% }
  template:
    metadata:
      labels:
        app.kubernetes.io/name: ${name}
        app.kubernetes.io/part-of: shop
    spec:
      serviceAccountName: ${name}
      automountServiceAccountToken: false
      priorityClassName: standard
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: topology.kubernetes.io/zone
          whenUnsatisfiable: DoNotSchedule
          labelSelector: { matchLabels: { app.kubernetes.io/name: ${name} } }
        - maxSkew: 1
          topologyKey: kubernetes.io/hostname
          whenUnsatisfiable: ScheduleAnyway
          labelSelector: { matchLabels: { app.kubernetes.io/name: ${name} } }
      securityContext:
        runAsNonRoot: true
        seccompProfile:
          type: RuntimeDefault
      containers:
        - name: app
          image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/app@sha256:${"0123456789abcdef".repeat(4)}
          ports:
            - name: http
              containerPort: 8080
          env:
            - name: LOG_LEVEL
              value: "info"
            - name: DATABASE_PASSWORD
              valueFrom:
                secretKeyRef:
                  name: database
                  key: password
          resources:
            requests: { cpu: 100m, memory: 128Mi, ephemeral-storage: 64Mi }
            limits:
              memory: 256Mi
              ephemeral-storage: 256Mi
          securityContext:
            privileged: ${mistake}
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities:
              drop: ["ALL"]
          readinessProbe:
            httpGet:
              path: /ready
              port: http
          livenessProbe: # says that the process is stuck
            httpGet: { path: /live, port: http }
          startupProbe:
            httpGet: { path: /live, port: http }
            failureThreshold: 30
`;
}
